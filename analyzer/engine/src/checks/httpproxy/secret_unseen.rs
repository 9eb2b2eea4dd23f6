//! `httpproxy/secret-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::contour::ProxyContext;
use crate::resolve::contour::Basis;
use kubereach_model::evidence::{Assumes, CheckDoc, MayBeInTheWay, Obstacle, Reading, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "httpproxy/secret-unseen",
    segment: SegmentName::Rule,
    title: "A Secret that Contour needs was not read",
    explanation: "Contour serves the host only if it finds the Secret valid: certificate and key, an authority, a set \
                  of JWT keys. Collectors leave the content of Secrets out. It is taken to be in order, and said.",
    example: "clientValidation: {caSecret: ca} in a dump without Secrets",
    sources: &["Contour: internal/dag/secret.go"],
});

/// For every Secret that was not read.
pub fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    if cx.said().is_true() {
        return;
    }
    for (proxy, problem) in cx.problems() {
        let Basis::Secret(gap) = &problem.basis else { continue };
        let obstacle = Obstacle::new(MayBeInTheWay::Secrets, gap.clone());
        let message = words::brief(&problem.what);
        let reading = Reading { resource: "secrets".to_owned(), arguments: NAMES.to_owned() };
        let assumption = DOC.assumption(obstacle, proxy.object(), message).could("keep Contour from serving the host");
        let namespace = proxy.get().value.metadata.namespace.as_str();
        segment.assume(assumption.within(Some(namespace)).read_by(reading), cx.strict);
    }
}

/// What shows no value.
const NAMES: &str = "-o custom-columns=NAME:.metadata.name,TYPE:.type";
