//! Ingresses: who serves them, which rule takes a request, and what it leads to.

#[cfg(test)]
mod tests;
pub(crate) mod words;

pub mod action_backend;
pub mod action_undefined;
pub mod address_not_collected;
pub mod address_unpublished;
pub mod alb_fails_open;
pub mod alb_instance_needs_node_port;
pub mod alb_target_type_unknown;
pub mod backend_incomplete;
pub mod backend_port_by_target;
pub mod backend_port_masked;
pub mod backend_port_missing;
pub mod backend_port_uncertain;
pub mod backend_protocol;
pub mod backend_service_missing;
pub mod backend_service_unseen;
pub mod canary_main_unseen;
pub mod canary_weight_zero;
pub mod canary_without_main;
pub mod class_annotation;
pub mod class_by_name;
pub mod class_missing;
pub mod class_missing_but_served;
pub mod class_not_collected;
pub mod class_unseen_but_served;
pub mod cloud_not_provisioned;
pub mod cluster_name_unresolved;
pub mod controller_doubtful;
pub mod controller_not_ready;
pub mod controller_not_seen;
pub mod controller_unknown;
pub mod controller_unseen_but_programmed;
pub mod duplicate_path;
pub mod external_name_backend;
pub mod external_name_target;
pub mod fallback_backend;
pub mod fallback_unsettled;
pub mod gce_backend_unhealthy;
pub mod headless_by_address;
pub mod host_taken;
pub mod host_unsettled;
pub mod ignored;
pub mod invalid_host;
pub mod location_denied;
pub mod location_unseen;
pub mod location_unsettled;
pub mod middleware_missing;
pub mod middleware_unseen;
pub mod no_class;
pub mod no_class_but_served;
pub mod no_listener;
pub mod no_paths;
mod of_cluster;
pub mod older_claim_unseen;
pub mod proxy_has_path;
pub mod redirect_only;
pub mod regex_host;
pub mod resource_backend;
pub mod several_default_classes;
pub mod shadowed_path;
pub mod snippet;
pub mod ssl_passthrough_off;
pub mod ssl_passthrough_unknown;
pub mod terminating;
pub mod udp_backend;

use crate::checks::{entry, tls};
use crate::evaluate::ingress::CheckTable;
use kubereach_model::evidence::CatalogueEntry;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    action_backend::DOC.entry(),
    action_undefined::DOC.entry(),
    address_not_collected::DOC.entry(),
    address_unpublished::DOC.entry(),
    alb_fails_open::DOC.entry(),
    alb_instance_needs_node_port::DOC.entry(),
    alb_target_type_unknown::DOC.entry(),
    backend_incomplete::DOC.entry(),
    backend_port_by_target::DOC.entry(),
    backend_port_masked::DOC.entry(),
    backend_port_missing::DOC.entry(),
    backend_port_uncertain::DOC.entry(),
    backend_protocol::DOC.entry(),
    backend_service_missing::DOC.entry(),
    backend_service_unseen::DOC.entry(),
    canary_main_unseen::DOC.entry(),
    canary_weight_zero::DOC.entry(),
    canary_without_main::DOC.entry(),
    class_annotation::DOC.entry(),
    class_by_name::DOC.entry(),
    class_missing::DOC.entry(),
    class_missing_but_served::DOC.entry(),
    class_not_collected::DOC.entry(),
    class_unseen_but_served::DOC.entry(),
    cloud_not_provisioned::DOC.entry(),
    cluster_name_unresolved::DOC.entry(),
    controller_doubtful::DOC.entry(),
    controller_not_ready::DOC.entry(),
    controller_not_seen::DOC.entry(),
    controller_unknown::DOC.entry(),
    controller_unseen_but_programmed::DOC.entry(),
    duplicate_path::DOC.entry(),
    external_name_backend::DOC.entry(),
    external_name_target::DOC.entry(),
    fallback_backend::DOC.entry(),
    fallback_unsettled::DOC.entry(),
    gce_backend_unhealthy::DOC.entry(),
    headless_by_address::DOC.entry(),
    host_taken::DOC.entry(),
    host_unsettled::DOC.entry(),
    ignored::DOC.entry(),
    invalid_host::DOC.entry(),
    location_denied::DOC.entry(),
    location_unseen::DOC.entry(),
    location_unsettled::DOC.entry(),
    middleware_missing::DOC.entry(),
    middleware_unseen::DOC.entry(),
    no_class::DOC.entry(),
    no_class_but_served::DOC.entry(),
    no_listener::DOC.entry(),
    no_paths::DOC.entry(),
    older_claim_unseen::DOC.entry(),
    proxy_has_path::DOC.entry(),
    redirect_only::DOC.entry(),
    regex_host::DOC.entry(),
    resource_backend::DOC.entry(),
    several_default_classes::DOC.entry(),
    shadowed_path::DOC.entry(),
    snippet::DOC.entry(),
    ssl_passthrough_off::DOC.entry(),
    ssl_passthrough_unknown::DOC.entry(),
    terminating::DOC.entry(),
    udp_backend::DOC.entry(),
];

/// The checks of this area, where evaluation asks them.
pub const TABLE: CheckTable = CheckTable {
    address: &[address_unpublished::check, address_not_collected::check, cloud_not_provisioned::check],
    controller: &[
        class_missing::check,
        class_by_name::check,
        class_missing_but_served::check,
        class_not_collected::check,
        class_unseen_but_served::check,
        no_class::check,
        no_class_but_served::check,
        class_annotation::check,
        several_default_classes::check,
        controller_not_ready::check,
        ignored::check,
        controller_doubtful::check,
        controller_not_seen::check,
        controller_unseen_but_programmed::check,
        controller_unknown::check,
        terminating::check,
    ],
    rule: &[
        invalid_host::check,
        shadowed_path::check,
        duplicate_path::check,
        proxy_has_path::check,
        canary_without_main::check,
        canary_main_unseen::check,
        canary_weight_zero::check,
        host_taken::check,
        host_unsettled::check,
        older_claim_unseen::check,
        location_denied::check,
        location_unseen::check,
        location_unsettled::check,
        middleware_missing::check,
        middleware_unseen::check,
        no_listener::check,
        snippet::check,
        regex_host::check,
        redirect_only::check,
        gce_backend_unhealthy::check,
        entry::routed_elsewhere::check,
    ],
    reference: &[
        backend_service_missing::check,
        backend_service_unseen::check,
        backend_port_missing::check,
        backend_port_uncertain::check,
        backend_port_by_target::check,
        backend_port_masked::check,
        backend_protocol::check,
        backend_incomplete::check,
        resource_backend::check,
        action_backend::check,
        action_undefined::check,
        external_name_backend::check,
        cluster_name_unresolved::check,
        headless_by_address::check,
        alb_instance_needs_node_port::check,
        alb_target_type_unknown::check,
        udp_backend::check,
    ],
    followed: &[external_name_target::check],
    fallback: &[fallback_backend::finding, fallback_unsettled::finding],
    fails_open: &[alb_fails_open::finding],
    passthrough: &[ssl_passthrough_unknown::check, ssl_passthrough_off::check],
    tls: tls::ENTRY,
    certificate: tls::CERTIFICATE,
    certificate_unseen: tls::UNSEEN,
    notes: &[tls::host_without_rule::findings, no_paths::findings],
};
