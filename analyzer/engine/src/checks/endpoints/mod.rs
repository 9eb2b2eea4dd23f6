//! Addresses: which source tells them, and how far the sources agree. They are asked about the `endpoints` segment of
//! Services ([`super::service::TABLE`]).

pub mod address_mismatch;
pub mod from_endpoints_object;
pub mod from_pods;
pub mod node_network_down;
pub mod node_not_ready;
pub mod not_collected;
pub mod not_consistent;
pub mod other_manager;
pub mod pods_not_collected;
pub mod readiness_disputed;
pub mod redacted;
pub mod some_node_networks_down;
pub mod stale_target;
pub mod too_young;

use kubereach_model::evidence::CatalogueEntry;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    address_mismatch::DOC.entry(),
    from_endpoints_object::DOC.entry(),
    from_pods::DOC.entry(),
    node_network_down::DOC.entry(),
    node_not_ready::DOC.entry(),
    not_collected::DOC.entry(),
    not_consistent::DOC.entry(),
    other_manager::DOC.entry(),
    pods_not_collected::DOC.entry(),
    readiness_disputed::DOC.entry(),
    redacted::DOC.entry(),
    some_node_networks_down::DOC.entry(),
    stale_target::DOC.entry(),
    too_young::DOC.entry(),
];
