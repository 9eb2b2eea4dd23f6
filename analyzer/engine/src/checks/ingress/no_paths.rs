//! `ingress/no-paths`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Finding, Notes, CheckDoc, Text};
use kubereach_model::field;
use crate::resolve::ingress::front::Front;

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/no-paths",
    segment: SegmentName::Rule,
    title: "The Ingress declares no path",
    explanation: "The Ingress has neither a rule with paths nor a default backend, so no request has anywhere to go \
                  through it. The API server refuses an Ingress without rules and default backend; rules that name \
                  only hosts are allowed and lead nowhere without a default backend.",
    example: "rules:\n- host: shop.example   # and no http, no defaultBackend",
    sources: &["networking.k8s.io/v1 IngressSpec"],
});

/// For an Ingress without a single path.
pub(crate) fn finding(front: &Front<'_>) -> Finding {
    DOC.finding(front.ingress.object(), "this Ingress declares no path: there is nothing to judge")
        .at(front.ingress.origin, field!["spec", "rules"])
}
