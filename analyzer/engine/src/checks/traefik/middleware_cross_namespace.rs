//! `traefik/middleware-cross-namespace`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use crate::evaluate::traefik::at;
use crate::resolve::traefik::middlewares::What;
use crate::resolve::traefik::settings::Answer;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/middleware-cross-namespace",
    segment: SegmentName::Rule,
    title: "Traefik refuses a middleware or parent of another namespace",
    explanation: "Unless Traefik is told allowCrossNamespace, a route may name only middlewares and parents of its own \
                  namespace; a route that names others is left out. Raised where the arguments of every Traefik that \
                  serves the class were read and none of them allows it.",
    example: "middlewares: [{name: strip, namespace: edge}]   # in an IngressRoute of namespace shop",
    sources: &["Traefik documentation: Kubernetes CRD provider, allowCrossNamespace"],
});

/// Adds it for each of them.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let fact = "its arguments do not allow references across namespaces";
    let refused = || match cx.of.asked(crate::resolve::traefik::settings::Told::crosses_namespaces, fact) {
        Answer::No(proof) => Some(proof),
        Answer::Yes | Answer::Unknown => None,
    };
    for fault in &cx.middlewares.faults {
        let What::Crosses(namespace) = &fault.what else { continue };
        let Some(proof) = refused() else { return };
        let message =
            format!("the middleware '{}' is in namespace {}", words::brief(&fault.name), words::brief(namespace));
        let finding = at(DOC.finding(&proof, cx.of.object(), message), &fault.naming, field!["namespace"]);
        segment.add(finding.next("Allow it, or move the middleware.", words::get(cx.of)));
    }
    let own = cx.of.entry.namespace();
    for (i, parent) in cx.of.spec().iter().flat_map(|spec| spec.parent_refs.iter()).enumerate() {
        if parent.namespace.is_empty() || parent.namespace == own {
            continue;
        }
        let Some(proof) = refused() else { return };
        let message =
            format!("its parent '{}' is in namespace {}", words::brief(&parent.name), words::brief(&parent.namespace));
        let finding = DOC.finding(&proof, cx.of.object(), message);
        let finding = cx.of.at(finding, field!["spec", "parentRefs", i, "namespace"]);
        segment.add(finding.next("Allow it, or move the parent.", words::get(cx.of)));
    }
}
