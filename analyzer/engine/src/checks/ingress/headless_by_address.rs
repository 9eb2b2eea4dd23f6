//! `ingress/headless-by-address`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::{Dials, Product};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/headless-by-address",
    segment: SegmentName::Reference,
    title: "The controller dials the cluster address, and the Service has none",
    explanation: "By an annotation the controller is told to dial the cluster address of the Service (ssl-passthrough of \
                  ingress-nginx, nativelb of Traefik), and a headless Service has none. With service-upstream \
                  ingress-nginx falls back to the endpoints, so it is not concerned; nor are controllers that dial a \
                  name, which DNS answers with the addresses of pods.",
    example: "nginx.ingress.kubernetes.io/ssl-passthrough: \"true\", and a Service with clusterIP: None",
    sources: &[
        "kubernetes/ingress-nginx internal/ingress/controller/controller.go (ssl-passthrough, getServiceClusterEndpoint)",
        "traefik/traefik pkg/provider/kubernetes/ingress/kubernetes.go (nativelb)",
    ],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Some(service) = cx.service().filter(|service| service.is_headless() && !service.is_external_name()) else {
        return;
    };
    let by_address = cx.state.dials(&service) == Dials::ClusterAddress;
    let dials = cx.state.passes_tls_through() || cx.state.is(Product::Traefik);
    if !by_address || !dials || service.is_manifest() {
        return;
    }
    let message = format!(
        "the controller is told to dial the cluster address of the Service '{}', which is headless and has none",
        service.metadata.name
    );
    let finding = DOC
        .finding(&service.shows("clusterIP: None"), service.object(), message)
        .cause("A headless Service has no cluster address; there is nothing to dial.")
        .relates(cx.object(), "refers to it")
        .at(service.origin, field!["spec", "clusterIP"]);
    let action = "Give the Service a cluster address, or take the annotation away.";
    segment.add(finding.next(action, words::kubectl("get service -o yaml", &service.object())));
}
