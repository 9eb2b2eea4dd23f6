//! `traefik/cross-namespace`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::LeafContext;
use crate::resolve::traefik::settings::Answer;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/cross-namespace",
    segment: SegmentName::Reference,
    title: "Traefik refuses what is in another namespace",
    explanation: "Unless Traefik is told allowCrossNamespace, a route, its middlewares and its TraefikServices may \
                  name only what is in their own namespace; what names something else is left out. Raised where the \
                  arguments of every Traefik that serves the class were read and none of them allows it.",
    example: "services: [{name: cart, namespace: shop, port: 80}]   # in an IngressRoute of namespace edge",
    sources: &["Traefik documentation: Kubernetes CRD provider, allowCrossNamespace"],
});

/// Adds it for one Service.
pub fn check(cx: &LeafContext<'_, '_>, segment: &mut Segment) {
    if !cx.leaf.crosses {
        return;
    }
    let fact = "its arguments do not allow references across namespaces";
    let Answer::No(proof) = cx.route.of.asked(crate::resolve::traefik::settings::Told::crosses_namespaces, fact) else {
        return;
    };
    let backend = &cx.leaf.backend;
    let message = format!(
        "'{}' is in namespace {}, and Traefik takes only what is in its own",
        words::brief(&backend.name),
        words::brief(&backend.namespace)
    );
    let finding = cx.at(DOC.finding(&proof, cx.route.of.object(), message), field!["namespace"]);
    segment.add(finding.next(
        "Start Traefik with --providers.kubernetescrd.allowCrossNamespace=true, or move the route.",
        words::get(cx.route.of),
    ));
}
