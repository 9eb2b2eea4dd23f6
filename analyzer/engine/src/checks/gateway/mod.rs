//! Gateways: class and controller, addresses, listeners, certificates, and how many routes stand on them.

pub mod address_unusable;
pub mod attached_route_broken;
pub mod ca_certificate_not_permitted;
pub mod ca_certificate_unseen;
pub mod certificate_expired;
pub mod certificate_kind;
pub mod certificate_name_mismatch;
pub mod certificate_not_permitted;
pub mod certificate_partly_invalid;
pub mod certificate_permission_unseen;
pub mod certificate_type;
pub mod certificate_unseen;
pub mod class_gone;
pub mod class_missing;
pub mod class_not_accepted;
pub mod class_unseen;
pub mod client_certificate_unseen;
pub mod condition_false;
pub(crate) mod eval;
pub mod insecure_frontend_validation;
pub mod invalid_ca_certificate_kind;
pub mod invalid_ca_certificate_ref;
pub mod invalid_certificate_ref;
pub mod invalid_client_certificate;
pub mod invalid_route_kinds;
pub mod listener_hostname_conflict;
pub mod listener_mixed_protocols;
pub mod listener_port_contested;
pub mod listener_protocol_conflict;
pub mod mesh_protocol;
pub mod no_address;
pub mod no_certificate;
pub mod no_listeners_valid;
pub mod no_routes;
pub mod no_valid_route_kinds;
pub mod paths_not_listed;
pub mod pending;
pub mod some_ca_invalid;
pub mod status_stale;
pub mod unsupported_address_type;
pub mod unsupported_protocol;

use crate::checks::service::Backends;
use kubereach_model::evidence::{Entry, Subject};

/// The pages of this area.
pub static PAGES: &[&Entry] = &[
    address_unusable::PAGE.entry(),
    attached_route_broken::PAGE.entry(),
    ca_certificate_not_permitted::PAGE.entry(),
    ca_certificate_unseen::PAGE.entry(),
    certificate_expired::PAGE.entry(),
    certificate_kind::PAGE.entry(),
    certificate_name_mismatch::PAGE.entry(),
    certificate_not_permitted::PAGE.entry(),
    certificate_partly_invalid::PAGE.entry(),
    certificate_permission_unseen::PAGE.entry(),
    certificate_type::PAGE.entry(),
    certificate_unseen::PAGE.entry(),
    class_gone::PAGE.entry(),
    class_missing::PAGE.entry(),
    class_not_accepted::PAGE.entry(),
    class_unseen::PAGE.entry(),
    client_certificate_unseen::PAGE.entry(),
    condition_false::PAGE.entry(),
    insecure_frontend_validation::PAGE.entry(),
    invalid_ca_certificate_kind::PAGE.entry(),
    invalid_ca_certificate_ref::PAGE.entry(),
    invalid_certificate_ref::PAGE.entry(),
    invalid_client_certificate::PAGE.entry(),
    invalid_route_kinds::PAGE.entry(),
    listener_hostname_conflict::PAGE.entry(),
    listener_mixed_protocols::PAGE.entry(),
    listener_port_contested::PAGE.entry(),
    listener_protocol_conflict::PAGE.entry(),
    mesh_protocol::PAGE.entry(),
    no_address::PAGE.entry(),
    no_certificate::PAGE.entry(),
    no_listeners_valid::PAGE.entry(),
    no_routes::PAGE.entry(),
    no_valid_route_kinds::PAGE.entry(),
    paths_not_listed::PAGE.entry(),
    pending::PAGE.entry(),
    some_ca_invalid::PAGE.entry(),
    status_stale::PAGE.entry(),
    unsupported_address_type::PAGE.entry(),
    unsupported_protocol::PAGE.entry(),
];

/// Every Gateway and every route: a route is judged once and said at its Gateways too.
pub fn subjects(backends: &Backends<'_, '_>) -> Vec<Subject> {
    eval::subjects(backends)
}
