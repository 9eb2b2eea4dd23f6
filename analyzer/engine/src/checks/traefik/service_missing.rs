//! `traefik/service-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::LeafContext;
use crate::resolve::traefik::leaves::Target;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/service-missing",
    segment: SegmentName::Reference,
    title: "The Service behind a route does not exist",
    explanation: "A route leads to a Service, or to a TraefikService, and there is none of that name. Traefik leaves \
                  the route out (requests get 404) or, for connections, the Service (they are closed). Raised only \
                  where the kind was read completely in the namespace.",
    example: "services: [{name: cart-svc, port: 80}]   # the Service is called cart",
    sources: &[
        "traefik/traefik pkg/provider/kubernetes/crd/kubernetes_http.go",
        "traefik/traefik pkg/provider/kubernetes/crd/kubernetes_tcp.go",
    ],
});

/// Adds it for one Service.
pub fn check(cx: &LeafContext<'_, '_>, segment: &mut Segment) {
    let Target::Missing(kind, absence) = &cx.leaf.target else { return };
    let name = words::brief(&cx.leaf.backend.name);
    let message = format!("{} leads to the {kind} '{name}', which does not exist", words::brief(&cx.route.title()));
    let finding = DOC.finding(&absence.proof(), cx.named(), message).relates(cx.route.of.object(), "refers to it");
    let finding = cx.at(finding, field!["name"]);
    segment.add(finding.next("Create it, or correct the name.", words::services(&cx.leaf.backend.namespace)));
}
