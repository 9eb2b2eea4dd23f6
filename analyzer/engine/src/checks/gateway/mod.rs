//! Gateways: class and controller, addresses, listeners, certificates, and how many routes stand on them.

mod address_unusable;
mod attached_route_broken;
mod attached_route_unsettled;
mod ca_certificate_not_permitted;
mod ca_certificate_unseen;
mod certificate_elsewhere;
mod certificate_expired;
mod certificate_kind;
mod certificate_name_mismatch;
mod certificate_not_permitted;
mod certificate_partly_invalid;
mod certificate_permission_unseen;
mod certificate_type;
mod certificate_unseen;
mod class_gone;
mod class_missing;
mod class_not_accepted;
mod class_unseen;
mod client_certificate_unseen;
mod condition_false;
mod insecure_frontend_validation;
mod invalid_ca_certificate_kind;
mod invalid_ca_certificate_ref;
mod invalid_certificate_ref;
mod invalid_client_certificate;
mod invalid_route_kinds;
mod listener_hostname_conflict;
mod listener_mixed_protocols;
mod listener_port_contested;
mod listener_protocol_conflict;
mod mesh_protocol;
mod no_address;
mod no_certificate;
mod no_listeners_valid;
mod no_routes;
mod no_valid_route_kinds;
mod paths_not_listed;
mod pending;
pub(super) mod policy_refused;
mod proxy_doubtful;
mod proxy_not_ready;
mod routes_unseen;
mod some_ca_invalid;
mod status_stale;
mod unsupported_address_type;
mod unsupported_protocol;

use super::{backend_tls, listener_set, route};
use crate::evaluate::gateway_api::CheckTable;
use kubereach_model::evidence::CatalogueEntry;

/// What the catalogue says about the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    address_unusable::DOC.entry(),
    attached_route_broken::DOC.entry(),
    attached_route_unsettled::DOC.entry(),
    ca_certificate_not_permitted::DOC.entry(),
    ca_certificate_unseen::DOC.entry(),
    certificate_elsewhere::DOC.entry(),
    certificate_expired::DOC.entry(),
    certificate_kind::DOC.entry(),
    certificate_name_mismatch::DOC.entry(),
    certificate_not_permitted::DOC.entry(),
    certificate_partly_invalid::DOC.entry(),
    certificate_permission_unseen::DOC.entry(),
    certificate_type::DOC.entry(),
    certificate_unseen::DOC.entry(),
    class_gone::DOC.entry(),
    class_missing::DOC.entry(),
    class_not_accepted::DOC.entry(),
    class_unseen::DOC.entry(),
    client_certificate_unseen::DOC.entry(),
    condition_false::DOC.entry(),
    insecure_frontend_validation::DOC.entry(),
    invalid_ca_certificate_kind::DOC.entry(),
    invalid_ca_certificate_ref::DOC.entry(),
    invalid_certificate_ref::DOC.entry(),
    invalid_client_certificate::DOC.entry(),
    invalid_route_kinds::DOC.entry(),
    listener_hostname_conflict::DOC.entry(),
    listener_mixed_protocols::DOC.entry(),
    listener_port_contested::DOC.entry(),
    listener_protocol_conflict::DOC.entry(),
    mesh_protocol::DOC.entry(),
    no_address::DOC.entry(),
    no_certificate::DOC.entry(),
    no_listeners_valid::DOC.entry(),
    no_routes::DOC.entry(),
    no_valid_route_kinds::DOC.entry(),
    paths_not_listed::DOC.entry(),
    pending::DOC.entry(),
    policy_refused::DOC.entry(),
    proxy_doubtful::DOC.entry(),
    proxy_not_ready::DOC.entry(),
    routes_unseen::DOC.entry(),
    some_ca_invalid::DOC.entry(),
    status_stale::DOC.entry(),
    unsupported_address_type::DOC.entry(),
    unsupported_protocol::DOC.entry(),
];

/// The checks of Gateways and of what is attached to them, where evaluation asks them. In a list, those on top are
/// asked first.
pub const TABLE: CheckTable = CheckTable {
    controller: &[class_not_accepted::check, class_gone::check, class_missing::check, class_unseen::check],
    address: &[unsupported_address_type::check, no_address::check],
    proxy: &[proxy_not_ready::check, proxy_doubtful::check],
    controller_status: &[condition_false::of_gateway, pending::check, status_stale::of_gateway],
    address_status: &[address_unusable::check],
    listener_set: listener_set::LISTENER,
    listener: &[
        listener_port_contested::check,
        listener_mixed_protocols::check,
        listener_hostname_conflict::check,
        listener_protocol_conflict::check,
        mesh_protocol::check,
        unsupported_protocol::check,
        no_valid_route_kinds::check,
        invalid_route_kinds::check,
    ],
    listener_status: &[condition_false::of_listener, status_stale::of_listener],
    listener_policy: &[policy_refused::check],
    route_policy: route::POLICY,
    no_listener: &[no_listeners_valid::check],
    certificate_ref: &[
        certificate_not_permitted::check,
        certificate_permission_unseen::check,
        certificate_unseen::check,
        certificate_kind::check,
        certificate_type::check,
        invalid_certificate_ref::check,
        certificate_partly_invalid::check,
    ],
    certificate_names: &[certificate_name_mismatch::check],
    certificate_validity: &[certificate_expired::check],
    listener_tls: &[no_certificate::check, certificate_elsewhere::check, insecure_frontend_validation::check],
    client_ca: &[
        ca_certificate_not_permitted::check,
        invalid_ca_certificate_kind::check,
        ca_certificate_unseen::check,
        invalid_ca_certificate_ref::check,
        some_ca_invalid::check,
    ],
    client_certificate: &[invalid_client_certificate::check, client_certificate_unseen::check],
    attached_routes: &[
        routes_unseen::check,
        no_routes::check,
        attached_route_broken::check,
        attached_route_unsettled::check,
    ],
    gateway_notes: &[paths_not_listed::finding],
    parent: route::PARENT,
    unattached: route::UNATTACHED,
    route: route::ROUTE,
    attachment: route::ATTACHMENT,
    host: route::HOST,
    route_status: route::STATUS,
    matching: route::MATCH,
    filter: route::FILTER,
    rule: route::RULE,
    backend_in_rule: route::BACKEND_IN_RULE,
    reference: route::REFERENCE,
    plain_backend: route::PLAIN_BACKEND,
    backend_tls: backend_tls::POLICY,
    backend_ca: backend_tls::AUTHORITIES,
    backend_tls_status: backend_tls::STATUS,
    route_notes: route::NOTES,
};
