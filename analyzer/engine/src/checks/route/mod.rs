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

use kubereach_model::evidence::CatalogueEntry;

/// The pages of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    all_weights_zero::DOC.entry(),
    attached_lag::DOC.entry(),
    backend_not_found::DOC.entry(),
    backend_port_missing::DOC.entry(),
    backend_port_unseen::DOC.entry(),
    backend_port_unspecified::DOC.entry(),
    backend_protocol_mismatch::DOC.entry(),
    backend_unseen::DOC.entry(),
    condition_false::DOC.entry(),
    controllers_disagree::DOC.entry(),
    default_gateway::DOC.entry(),
    extension_filter::DOC.entry(),
    external_name_backend::DOC.entry(),
    filter_doubtful::DOC.entry(),
    host_not_served::DOC.entry(),
    hostname_conflict::DOC.entry(),
    hostname_conflict_unsettled::DOC.entry(),
    https_backend_plain::DOC.entry(),
    invalid_kind::DOC.entry(),
    kind_unsettled::DOC.entry(),
    mesh_parent::DOC.entry(),
    mirror_not_found::DOC.entry(),
    namespace_labels_unseen::DOC.entry(),
    no_backends::DOC.entry(),
    no_matching_listener_hostname::DOC.entry(),
    no_matching_parent::DOC.entry(),
    no_parent::DOC.entry(),
    not_allowed_by_listeners::DOC.entry(),
    not_reconciled::DOC.entry(),
    parent_missing::DOC.entry(),
    parent_unknown_kind::DOC.entry(),
    parent_unseen::DOC.entry(),
    partially_invalid::DOC.entry(),
    paths_not_listed::DOC.entry(),
    redirect_only::DOC.entry(),
    ref_not_permitted::DOC.entry(),
    ref_permission_unseen::DOC.entry(),
    several_rules::DOC.entry(),
    shadowed_match::DOC.entry(),
    status_stale::DOC.entry(),
    unevaluated_backend_kind::DOC.entry(),
    weight_zero::DOC.entry(),
];
