//! Routes of the Gateway API: attachment, rules, backends. Evaluated together with the Gateways.

mod all_weights_zero;
mod attached_lag;
mod backend_not_found;
mod backend_port_missing;
mod backend_port_unseen;
mod backend_port_unspecified;
mod backend_protocol_mismatch;
mod backend_unseen;
mod condition_false;
mod controllers_disagree;
mod default_gateway;
mod delegated;
mod extension_filter;
mod external_name_backend;
mod filter_doubtful;
mod host_is_address;
mod host_isolated;
mod host_not_served;
mod hostname_conflict;
mod hostname_conflict_unsettled;
mod https_backend_plain;
mod invalid_kind;
mod kind_unsettled;
mod mesh_parent;
mod mirror_not_found;
mod mirror_unseen;
mod namespace_labels_unseen;
mod no_backends;
mod no_matching_listener_hostname;
mod no_matching_parent;
mod no_parent;
mod not_allowed_by_listeners;
mod not_programmed;
mod not_reconciled;
mod parent_missing;
mod parent_unknown_kind;
mod parent_unseen;
mod partially_invalid;
mod paths_not_listed;
mod policy_refused;
mod redirect_loop;
mod redirect_loop_unsettled;
mod redirect_only;
mod ref_not_permitted;
mod ref_permission_unseen;
mod several_rules;
mod shadowed_match;
mod status_stale;
mod unevaluated_backend_kind;
mod weight_zero;

use crate::checks::backend_tls::section_not_found;
use crate::evaluate::gateway_api::table::{
    AttachmentCheck, BackendCheck, BackendTlsCheck, FilterCheck, HostCheck, ListingCheck, MatchCheck, ParentCheck,
    PolicyCheck, RouteCheck, RouteStatusCheck, RuleCheck,
};
use kubereach_model::evidence::CatalogueEntry;

/// What the catalogue says about the checks of this area.
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
    delegated::DOC.entry(),
    extension_filter::DOC.entry(),
    external_name_backend::DOC.entry(),
    filter_doubtful::DOC.entry(),
    host_isolated::DOC.entry(),
    host_is_address::DOC.entry(),
    host_not_served::DOC.entry(),
    hostname_conflict::DOC.entry(),
    hostname_conflict_unsettled::DOC.entry(),
    https_backend_plain::DOC.entry(),
    invalid_kind::DOC.entry(),
    kind_unsettled::DOC.entry(),
    mesh_parent::DOC.entry(),
    mirror_not_found::DOC.entry(),
    mirror_unseen::DOC.entry(),
    namespace_labels_unseen::DOC.entry(),
    no_backends::DOC.entry(),
    no_matching_listener_hostname::DOC.entry(),
    no_matching_parent::DOC.entry(),
    no_parent::DOC.entry(),
    not_allowed_by_listeners::DOC.entry(),
    not_programmed::DOC.entry(),
    not_reconciled::DOC.entry(),
    parent_missing::DOC.entry(),
    parent_unknown_kind::DOC.entry(),
    parent_unseen::DOC.entry(),
    partially_invalid::DOC.entry(),
    paths_not_listed::DOC.entry(),
    policy_refused::DOC.entry(),
    redirect_loop::DOC.entry(),
    redirect_loop_unsettled::DOC.entry(),
    redirect_only::DOC.entry(),
    ref_not_permitted::DOC.entry(),
    ref_permission_unseen::DOC.entry(),
    several_rules::DOC.entry(),
    shadowed_match::DOC.entry(),
    status_stale::DOC.entry(),
    unevaluated_backend_kind::DOC.entry(),
    weight_zero::DOC.entry(),
];

/// Where a parentRef leads nowhere that is evaluated.
pub(super) const PARENT: &[ParentCheck] = &[parent_missing::check, parent_unseen::check, parent_unknown_kind::check];

/// Where a parent gives the route no listener.
pub(super) const UNATTACHED: &[ParentCheck] = &[
    mesh_parent::check,
    no_matching_parent::check,
    not_allowed_by_listeners::check,
    no_matching_listener_hostname::check,
];

/// Of the route as a whole.
pub(super) const ROUTE: &[RouteCheck] =
    &[default_gateway::check, delegated::check, no_parent::check, host_not_served::check];

/// Of the route at a listener.
pub(super) const ATTACHMENT: &[AttachmentCheck] = &[
    namespace_labels_unseen::check,
    kind_unsettled::check,
    hostname_conflict_unsettled::check,
    hostname_conflict::check,
    attached_lag::check,
];

/// Of what controllers report.
pub(super) const STATUS: &[RouteStatusCheck] = &[
    partially_invalid::check,
    controllers_disagree::check,
    status_stale::check,
    not_reconciled::check,
    condition_false::check,
    not_programmed::check,
];

/// Of a refused policy that is attached to it.
pub(super) const POLICY: &[PolicyCheck] = &[policy_refused::check];

/// Of one host name.
pub(super) const HOST: &[HostCheck] = &[host_is_address::check];

/// Of one match.
pub(super) const MATCH: &[MatchCheck] =
    &[host_isolated::check, shadowed_match::check, redirect_loop::check, redirect_loop_unsettled::check];

/// Of one filter.
pub(super) const FILTER: &[FilterCheck] = &[mirror_not_found::check, mirror_unseen::check, extension_filter::check];

/// Of one rule.
pub(super) const RULE: &[RuleCheck] =
    &[several_rules::check, filter_doubtful::check, redirect_only::check, no_backends::check, all_weights_zero::check];

/// Of what a backend means for its rule.
pub(super) const BACKEND_IN_RULE: &[BackendCheck] = &[weight_zero::check];

/// Of the reference to a backend.
pub(super) const REFERENCE: &[BackendCheck] = &[
    ref_permission_unseen::check,
    ref_not_permitted::check,
    backend_not_found::check,
    backend_unseen::check,
    invalid_kind::check,
    unevaluated_backend_kind::check,
    external_name_backend::check,
    backend_port_unspecified::check,
    backend_port_missing::check,
    backend_protocol_mismatch::check,
    backend_port_unseen::check,
];

/// Of a backend without a `BackendTLSPolicy`.
pub(super) const PLAIN_BACKEND: &[BackendTlsCheck] = &[section_not_found::check, https_backend_plain::check];

/// Notes.
pub(super) const NOTES: &[ListingCheck] = &[paths_not_listed::finding];
