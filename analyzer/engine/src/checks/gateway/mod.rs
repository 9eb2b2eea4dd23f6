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

use kubereach_model::evidence::CatalogueEntry;

/// The pages of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    address_unusable::DOC.entry(),
    attached_route_broken::DOC.entry(),
    ca_certificate_not_permitted::DOC.entry(),
    ca_certificate_unseen::DOC.entry(),
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
    some_ca_invalid::DOC.entry(),
    status_stale::DOC.entry(),
    unsupported_address_type::DOC.entry(),
    unsupported_protocol::DOC.entry(),
];

/// The checks of this area, where evaluation asks them.
pub const TABLE: crate::evaluate::gateway_api::CheckTable = crate::evaluate::gateway_api::CheckTable {};
