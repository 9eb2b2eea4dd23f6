//! `ingress/redirect-only`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Notes, CheckDoc, Segment, Text};
use kubereach_model::field;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::front::Front;
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
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

const REDIRECTS: [&str; 2] =
    ["nginx.ingress.kubernetes.io/permanent-redirect", "nginx.ingress.kubernetes.io/temporal-redirect"];

/// Adds it for one path.
pub(crate) fn check(hop: &Hop<'_, '_>, segment: &mut Segment) {
    let Some((key, to)) = redirect(hop.front) else { return };
    let message = format!("every request is redirected to {}; the backend is not used", words::brief(to));
    let finding = DOC.finding(hop.ingress(), message);
    segment.add(finding.at(hop.front.ingress.origin, field!["metadata", "annotations", key]));
}

/// The annotation that redirects everything, and where to.
pub(crate) fn redirect<'s>(front: &Front<'s>) -> Option<(&'static str, &'s str)> {
    if !front.may_be(Product::IngressNginx) {
        return None;
    }
    REDIRECTS.into_iter().find_map(|key| Some((key, front.annotation(key)?)))
}
