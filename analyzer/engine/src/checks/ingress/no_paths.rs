//! `ingress/no-paths`

use kubereach_reports::report::SegmentName;

use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Path, Text};
use kubereach_model::field;

/// What `explain` says of it.
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
pub fn findings(state: &IngressState<'_>, paths: &[Path]) -> Vec<Finding> {
    if !paths.is_empty() {
        return Vec::new();
    }
    let message = format!("this {} declares no path: there is nothing to judge", state.ingress.kind());
    let finding = DOC.finding(state.ingress.object(), message);
    vec![finding.at(state.ingress.origin, field!["spec", "rules"])]
}
