//! `traefik/service-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::LeafContext;
use crate::resolve::traefik::leaves::{PortOf, Target};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "traefik/service-unseen",
    segment: SegmentName::Reference,
    title: "The Service behind a route was not read",
    explanation: "A route leads to a Service, or to a TraefikService, that was not read, and the kind was not read \
                  completely in its namespace.",
    example: "services: [{name: cart, namespace: shop}]   # a dump of another namespace",
    sources: &["traefik/traefik pkg/provider/kubernetes/crd/kubernetes_http.go"],
});

/// Adds it for one Service.
pub fn check(cx: &LeafContext<'_, '_>, segment: &mut Segment) {
    let (message, gap) = match &cx.leaf.target {
        Target::Unseen(kind, gap) => {
            (format!("the {kind} '{}' was not read", words::brief(&cx.leaf.backend.name)), gap.clone())
        }
        Target::Service(service, PortOf::Masked) => {
            let gap = Gap::investigate("the port that is meant is not shown", "a collector masked it");
            (format!("the port of the Service '{}' was masked", service.metadata.name), gap)
        }
        _ => return,
    };
    let finding = cx.at(DOC.finding(&gap, cx.named(), message), field!["name"]);
    let finding = finding.relates(cx.route.of.object(), "refers to it");
    segment.add(finding.next("Read its namespace as well.", words::services(&cx.leaf.backend.namespace)));
}
