//! `ingress/proxy-has-path`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/proxy-has-path",
    segment: SegmentName::Rule,
    title: "An HTTPProxy has the host and path",
    explanation: "Contour reads Ingresses first and HTTPProxies after them, and of equal conditions it keeps the later \
                  one: a valid HTTPProxy with the same host and path takes all of its requests, and the path of the \
                  Ingress gets none. Other paths of the host stay. Not raised for other controllers.",
    example: "An Ingress and an HTTPProxy, both for shop.example/",
    sources: &["Contour: internal/dag/dag.go (AddRoute)", "Contour: cmd/contour/serve.go (order of processors)"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    if cx.state.controller().is_none_or(|controller| controller.name != "Contour") {
        return;
    }
    let declared = cx.declared;
    let Some(proxy) = cx.all.taken.by(declared.host, declared.path_type, &declared.path) else { return };
    let what = words::brief(&declared.describe());
    let finding = DOC
        .finding(&proxy.shows(format!("has a route for {what}")), cx.object(), format!("{} has {what}", proxy.object()))
        .cause("Contour gives equal hosts and paths to the HTTPProxy.")
        .relates(proxy.object(), "has the same host and path")
        .at(cx.state.ingress.origin, declared.field.iter().cloned());
    segment.add(finding.next("Remove one of the two.", "kubectl get httpproxies.projectcontour.io -A"));
}
