//! Ingresses: who serves them, which rule takes a request, and what it leads to.

use crate::resolve::controllers::Product;
use crate::resolve::ingress::claims::NGINX;
use crate::resolve::ingress::front::Front;
use kubereach_model::evidence::{CatalogueEntry, Segment};

#[cfg(test)]
mod tests;
pub(crate) mod words;

macro_rules! checks {
    ($($name:ident),+ $(,)?) => {
        $(pub mod $name;)+
        /// The pages of this area.
        pub static DOCS: &[&CatalogueEntry] = &[$($name::DOC.entry()),+];
    };
}
checks! {
    action_backend, action_undefined, address_not_collected, address_unpublished, alb_instance_needs_node_port,
    alb_target_type_unknown, backend_incomplete, backend_port_by_target, backend_port_masked, backend_port_missing,
    backend_port_uncertain, backend_protocol, backend_service_missing, backend_service_unseen, canary_main_unseen,
    canary_weight_zero, canary_without_main, class_annotation, class_by_name, class_missing, class_missing_but_served,
    class_not_collected, class_unseen_but_served, cloud_not_provisioned, controller_doubtful, controller_not_ready,
    controller_not_seen, controller_unknown, controller_unseen_but_programmed, duplicate_path, external_name_backend,
    external_name_target,
    fallback_backend, gce_backend_unhealthy, invalid_host, no_class, no_class_but_served, no_paths, redirect_only, regex_host,
    resource_backend, several_default_classes, shadowed_path, snippet, ssl_passthrough_off, ssl_passthrough_unknown,
    terminating, udp_backend,
}

pub(crate) type FrontCheck = fn(&Front<'_>, &mut Segment);
pub(crate) type HopCheck = fn(&crate::evaluate::ingress::hop::Hop<'_, '_>, &mut Segment);

pub(crate) const ADDRESS: &[FrontCheck] =
    &[address_unpublished::check, address_not_collected::check, cloud_not_provisioned::check];

pub(crate) const CONTROLLER: &[FrontCheck] = &[
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
    controller_doubtful::check,
    controller_not_seen::check,
    controller_unseen_but_programmed::check,
    controller_unknown::check,
    terminating::check,
];

pub(crate) const RULE: &[HopCheck] = &[
    invalid_host::check,
    shadowed_path::check,
    duplicate_path::check,
    canary_without_main::check,
    canary_main_unseen::check,
    canary_weight_zero::check,
    snippet::check,
    regex_host::check,
    redirect_only::check,
    gce_backend_unhealthy::check,
];

pub(crate) const REFERENCE: &[HopCheck] = &[
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
    alb_instance_needs_node_port::check,
    alb_target_type_unknown::check,
    udp_backend::check,
];

pub(crate) const PASSTHROUGH: &[FrontCheck] = &[ssl_passthrough_unknown::check, ssl_passthrough_off::check];

/// Is ingress-nginx asked to pass TLS through unopened?
pub(crate) fn passthrough_asked(front: &Front<'_>) -> bool {
    front.is(Product::IngressNginx) && front.says(&format!("{NGINX}ssl-passthrough"))
}

/// The checks of this area, where evaluation asks them.
pub const TABLE: crate::evaluate::ingress::CheckTable = crate::evaluate::ingress::CheckTable {};
