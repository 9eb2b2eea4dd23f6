//! Services: from the Service to the ready addresses and ports behind it.

pub mod endpoint_is_cluster_address;
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
pub mod ip_family_unseen;
pub mod load_balancer_announcement_unclear;
pub mod load_balancer_announcement_unread;
pub mod load_balancer_class_unseen;
pub mod load_balancer_not_announced;
pub mod load_balancer_pending;
pub mod load_balancer_pods_down;
pub mod load_balancer_port_error;
pub mod load_balancer_unseen;
pub mod mixed_workloads;
pub mod named_target_port_missing;
pub mod namespace_terminating;
pub mod no_node_proxy;
pub mod no_readiness_probe;
pub mod no_ready_endpoints;
pub mod node_proxy_down;
pub mod only_completed_pods;
pub mod only_terminating_endpoints;
pub mod port_not_tcp;
pub mod port_without_endpoints;
pub mod probe_port_undeclared;
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
pub mod some_endpoints_unusable;
pub mod target_port_suspect;
pub mod terminating_not_serving;

use crate::checks::{dns, endpoints, entry, manifest, pod, workload};
use crate::evaluate::service::CheckTable;
use kubereach_model::evidence::CatalogueEntry;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    endpoint_is_cluster_address::DOC.entry(),
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
    ip_family_unseen::DOC.entry(),
    load_balancer_announcement_unclear::DOC.entry(),
    load_balancer_announcement_unread::DOC.entry(),
    load_balancer_class_unseen::DOC.entry(),
    load_balancer_not_announced::DOC.entry(),
    load_balancer_pending::DOC.entry(),
    load_balancer_pods_down::DOC.entry(),
    load_balancer_port_error::DOC.entry(),
    load_balancer_unseen::DOC.entry(),
    mixed_workloads::DOC.entry(),
    named_target_port_missing::DOC.entry(),
    namespace_terminating::DOC.entry(),
    no_node_proxy::DOC.entry(),
    no_readiness_probe::DOC.entry(),
    no_ready_endpoints::DOC.entry(),
    node_proxy_down::DOC.entry(),
    only_completed_pods::DOC.entry(),
    only_terminating_endpoints::DOC.entry(),
    port_not_tcp::DOC.entry(),
    port_without_endpoints::DOC.entry(),
    probe_port_undeclared::DOC.entry(),
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
    some_endpoints_unusable::DOC.entry(),
    target_port_suspect::DOC.entry(),
    terminating_not_serving::DOC.entry(),
];

/// The checks of this area, where evaluation asks them.
pub const TABLE: CheckTable = CheckTable {
    service: &[
        internal_traffic_local::finding,
        external_ips::finding,
        namespace_terminating::finding,
        endpoint_is_cluster_address::finding,
        some_endpoints_unusable::finding,
        no_node_proxy::finding,
        dns::no_cluster_names::finding,
        dns::forwards_to_itself::finding,
        dns::other_address::finding,
        dns::node_cache_down::finding,
    ],
    service_unseen: &[internal_traffic_local::assumption],
    alias: &[
        external_name::finding,
        external_name_is_address::finding,
        external_name_target_unseen::finding,
        external_name_in_cluster::finding,
    ],
    at_rest: &[scaled_to_zero::finding, rollout_preview_idle::finding, workload::on_demand::finding],
    // What is on purpose comes before what is in doubt, doubt before proof, and among proofs the one that names the
    // nearest cause.
    nothing_answers: &[
        endpoints_not_mirrored::finding,
        selectorless_unseen::finding,
        selectorless_without_endpoints::finding,
        ip_family_mismatch::finding,
        only_terminating_endpoints::finding,
        endpoints::stale_target::finding,
        endpoints::address_mismatch::finding,
        endpoints::not_consistent::finding,
        workload::zero_uncertain::finding,
        endpoints::too_young::finding,
        selects_no_pod::finding,
        selects_nothing_seen::finding,
        only_completed_pods::finding,
        terminating_not_serving::finding,
        no_ready_endpoints::finding,
        endpoints::not_collected::finding,
    ],
    something_answers: &[
        endpoints::stale_target::finding,
        endpoints::address_mismatch::finding,
        endpoints::not_consistent::finding,
        published_not_ready::finding,
        some_endpoints_not_ready::finding,
        endpoints::node_not_ready::finding,
        endpoints::node_network_down::finding,
        endpoints::some_node_networks_down::finding,
        ip_family_partly_served::finding,
        ip_family_unseen::finding,
    ],
    endpoints: &[
        manifest::workload,
        probe_port_undeclared::finding,
        selectorless::finding,
        endpoints::from_endpoints_object::finding,
        endpoints::from_pods::finding,
        endpoints::pods_not_collected::finding,
        endpoints::other_manager::finding,
        endpoints::readiness_disputed::finding,
        endpoints::redacted::finding,
        mixed_workloads::finding,
        no_readiness_probe::finding,
        pod::flapping::finding,
        pod::evicted_leftovers::finding,
    ],
    pods: pod::CAUSES,
    workloads: workload::CAUSES,
    port_leads_nowhere: &[
        port_not_tcp::finding,
        named_target_port_missing::finding,
        slice_port_name_mismatch::finding,
        port_without_endpoints::finding,
    ],
    port_not_listed: &[endpoints::not_collected::unlisted],
    port_leads_on: &[
        target_port_suspect::finding,
        headless_port_not_translated::finding,
        readiness_on_other_port::finding,
    ],
    port: &[protocol_untestable::finding],
    node_port: &[external_traffic_local::finding, node_proxy_down::finding],
    load_balancer: &[
        load_balancer_unseen::finding,
        load_balancer_class_unseen::finding,
        load_balancer_pending::finding,
        load_balancer_pods_down::finding,
        load_balancer_port_error::finding,
        load_balancer_not_announced::finding,
        load_balancer_announcement_unclear::finding,
        external_traffic_local::finding,
    ],
    load_balancer_unseen: &[load_balancer_announcement_unread::assumption],
    naming: &[entry::other_kinds::finding],
};
