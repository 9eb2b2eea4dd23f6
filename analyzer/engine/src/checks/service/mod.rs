//! Services: from the Service to the ready addresses and ports behind it.

pub(crate) mod closest;
pub mod endpoints_not_mirrored;
pub mod external_ips;
pub mod external_name;
pub mod external_name_in_cluster;
pub mod external_name_is_address;
pub mod external_name_target_unseen;
pub mod external_traffic_local;
pub mod headless_port_not_translated;
pub mod internal_traffic_local;
pub mod ip_family_mismatch;
pub mod ip_family_partly_served;
pub mod load_balancer_class_unseen;
pub mod load_balancer_pending;
pub mod load_balancer_port_error;
pub mod load_balancer_unseen;
pub mod mixed_workloads;
pub mod named_target_port_missing;
pub mod namespace_terminating;
pub mod no_readiness_probe;
pub mod no_ready_endpoints;
pub mod only_completed_pods;
pub mod only_terminating_endpoints;
pub mod port_not_tcp;
pub mod port_without_endpoints;
pub mod protocol_untestable;
pub mod published_not_ready;
pub mod readiness_on_other_port;
pub mod rollout_preview_idle;
pub mod scaled_to_zero;
pub mod selectorless;
pub mod selectorless_unseen;
pub mod selectorless_without_endpoints;
pub mod selects_no_pod;
pub mod selects_nothing_seen;
pub mod slice_port_name_mismatch;
pub mod some_endpoints_not_ready;
pub mod target_port_suspect;
pub mod terminating_not_serving;

use kubereach_model::evidence::CatalogueEntry;

/// The pages of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    endpoints_not_mirrored::DOC.entry(),
    external_ips::DOC.entry(),
    external_name::DOC.entry(),
    external_name_in_cluster::DOC.entry(),
    external_name_is_address::DOC.entry(),
    external_name_target_unseen::DOC.entry(),
    external_traffic_local::DOC.entry(),
    headless_port_not_translated::DOC.entry(),
    internal_traffic_local::DOC.entry(),
    ip_family_mismatch::DOC.entry(),
    ip_family_partly_served::DOC.entry(),
    load_balancer_class_unseen::DOC.entry(),
    load_balancer_pending::DOC.entry(),
    load_balancer_port_error::DOC.entry(),
    load_balancer_unseen::DOC.entry(),
    mixed_workloads::DOC.entry(),
    named_target_port_missing::DOC.entry(),
    namespace_terminating::DOC.entry(),
    no_readiness_probe::DOC.entry(),
    no_ready_endpoints::DOC.entry(),
    only_completed_pods::DOC.entry(),
    only_terminating_endpoints::DOC.entry(),
    port_not_tcp::DOC.entry(),
    port_without_endpoints::DOC.entry(),
    protocol_untestable::DOC.entry(),
    published_not_ready::DOC.entry(),
    readiness_on_other_port::DOC.entry(),
    rollout_preview_idle::DOC.entry(),
    scaled_to_zero::DOC.entry(),
    selectorless::DOC.entry(),
    selectorless_unseen::DOC.entry(),
    selectorless_without_endpoints::DOC.entry(),
    selects_no_pod::DOC.entry(),
    selects_nothing_seen::DOC.entry(),
    slice_port_name_mismatch::DOC.entry(),
    some_endpoints_not_ready::DOC.entry(),
    target_port_suspect::DOC.entry(),
    terminating_not_serving::DOC.entry(),
];

/// The checks of this area, where evaluation asks them.
pub const TABLE: crate::evaluate::service::CheckTable = crate::evaluate::service::CheckTable {};
