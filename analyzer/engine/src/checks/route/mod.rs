//! Routes of the Gateway API: attachment, rules, backends. Evaluated together with the Gateways.

pub mod all_weights_zero;
pub mod attached_lag;
pub mod backend_not_found;
pub mod backend_port_missing;
pub mod backend_port_unseen;
pub mod backend_port_unspecified;
pub mod backend_protocol_mismatch;
pub mod backend_unseen;
pub mod condition_false;
pub mod controllers_disagree;
pub mod default_gateway;
pub(crate) mod eval;
pub mod extension_filter;
pub mod external_name_backend;
pub mod filter_doubtful;
pub mod host_not_served;
pub mod hostname_conflict;
pub mod hostname_conflict_unsettled;
pub mod https_backend_plain;
pub mod invalid_kind;
pub mod kind_unsettled;
pub mod mesh_parent;
pub mod mirror_not_found;
pub mod namespace_labels_unseen;
pub mod no_backends;
pub mod no_matching_listener_hostname;
pub mod no_matching_parent;
pub mod no_parent;
pub mod not_allowed_by_listeners;
pub mod not_reconciled;
pub mod parent_missing;
pub mod parent_unknown_kind;
pub mod parent_unseen;
pub mod partially_invalid;
pub mod paths_not_listed;
pub mod redirect_only;
pub mod ref_not_permitted;
pub mod ref_permission_unseen;
pub mod several_rules;
pub mod shadowed_match;
pub mod status_stale;
pub mod unevaluated_backend_kind;
pub mod weight_zero;

use kubereach_model::evidence::Entry;

/// The pages of this area.
pub static PAGES: &[&Entry] = &[
    all_weights_zero::PAGE.entry(),
    attached_lag::PAGE.entry(),
    backend_not_found::PAGE.entry(),
    backend_port_missing::PAGE.entry(),
    backend_port_unseen::PAGE.entry(),
    backend_port_unspecified::PAGE.entry(),
    backend_protocol_mismatch::PAGE.entry(),
    backend_unseen::PAGE.entry(),
    condition_false::PAGE.entry(),
    controllers_disagree::PAGE.entry(),
    default_gateway::PAGE.entry(),
    extension_filter::PAGE.entry(),
    external_name_backend::PAGE.entry(),
    filter_doubtful::PAGE.entry(),
    host_not_served::PAGE.entry(),
    hostname_conflict::PAGE.entry(),
    hostname_conflict_unsettled::PAGE.entry(),
    https_backend_plain::PAGE.entry(),
    invalid_kind::PAGE.entry(),
    kind_unsettled::PAGE.entry(),
    mesh_parent::PAGE.entry(),
    mirror_not_found::PAGE.entry(),
    namespace_labels_unseen::PAGE.entry(),
    no_backends::PAGE.entry(),
    no_matching_listener_hostname::PAGE.entry(),
    no_matching_parent::PAGE.entry(),
    no_parent::PAGE.entry(),
    not_allowed_by_listeners::PAGE.entry(),
    not_reconciled::PAGE.entry(),
    parent_missing::PAGE.entry(),
    parent_unknown_kind::PAGE.entry(),
    parent_unseen::PAGE.entry(),
    partially_invalid::PAGE.entry(),
    paths_not_listed::PAGE.entry(),
    redirect_only::PAGE.entry(),
    ref_not_permitted::PAGE.entry(),
    ref_permission_unseen::PAGE.entry(),
    several_rules::PAGE.entry(),
    shadowed_match::PAGE.entry(),
    status_stale::PAGE.entry(),
    unevaluated_backend_kind::PAGE.entry(),
    weight_zero::PAGE.entry(),
];
