//! `ingress/redirect-only`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/redirect-only",
    segment: SegmentName::Rule,
    title: "Every request is redirected; the backend is not used",
    explanation: "A redirect annotation answers every request for this Ingress with a redirect to another address. \
                  The backend of the rule is required by the API and never asked, so whether it exists does not \
                  matter and is not judged.",
    example: "nginx.ingress.kubernetes.io/permanent-redirect: https://www.example.com",
    sources: &["ingress-nginx: annotations, permanent-redirect and temporal-redirect"],
});

/// Adds it for one path.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Some((key, to)) = cx.state.redirect() else { return };
    let message = format!("every request is redirected to {}; the backend is not used", words::brief(to));
    let finding = DOC.finding(cx.object(), message);
    segment.add(finding.at(cx.state.ingress.origin, field!["metadata", "annotations", key]));
}
