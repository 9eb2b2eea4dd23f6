//! Addresses: which source tells them, and how far the sources agree. The Service's evaluation
//! ([`super::service`]) runs these checks on its `endpoints` segment.

pub mod address_mismatch;
pub mod from_endpoints_object;
pub mod from_pods;
pub mod node_not_ready;
pub mod not_collected;
pub mod not_consistent;
pub mod other_manager;
pub mod pods_not_collected;
pub mod readiness_disputed;
pub mod redacted;
pub mod stale_target;
pub mod too_young;

use kubereach_model::evidence::Entry;

/// The pages of this area.
pub static PAGES: &[&Entry] = &[
    address_mismatch::PAGE.entry(),
    from_endpoints_object::PAGE.entry(),
    from_pods::PAGE.entry(),
    node_not_ready::PAGE.entry(),
    not_collected::PAGE.entry(),
    not_consistent::PAGE.entry(),
    other_manager::PAGE.entry(),
    pods_not_collected::PAGE.entry(),
    readiness_disputed::PAGE.entry(),
    redacted::PAGE.entry(),
    stale_target::PAGE.entry(),
    too_young::PAGE.entry(),
];
