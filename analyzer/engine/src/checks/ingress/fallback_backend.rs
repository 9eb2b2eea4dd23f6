//! `ingress/fallback-backend`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Narrows, CheckDoc, Text};
use kubereach_model::field;
use kubereach_model::evidence::Finding;
use kubereach_model::snapshot::model::Service;
use kubereach_model::snapshot::Found;
use crate::evaluate::ingress::hop::Hop;
use crate::checks::ingress::words;

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "ingress/fallback-backend",
    segment: SegmentName::Endpoints,
    title: "Only the fallback Service answers",
    explanation: "The Service behind the path has no ready endpoints, and the annotation default-backend names \
                  another Service that ingress-nginx uses in that case, which has. Requests are answered, but not by \
                  the app: usually with an error page.",
    example: "nginx.ingress.kubernetes.io/default-backend: sorry-page",
    sources: &["ingress-nginx: annotations, default-backend"],
});

/// The annotation's name behind its prefix.
pub(crate) const ANNOTATION: &str = "default-backend";

/// Says that `fallback` answers in the place of `dead`, which was found blocked for `why`.
pub(crate) fn finding(hop: &Hop<'_, '_>, dead: Found<'_, Service>, fallback: Found<'_, Service>, why: &str) -> Finding {
    let key = format!("{}{ANNOTATION}", crate::resolve::ingress::claims::NGINX);
    let proof = hop.front.ingress.shows(format!("names '{}' as the fallback", fallback.metadata.name));
    let message = format!(
        "only the fallback Service '{}' answers, because '{}' cannot: {}",
        fallback.metadata.name,
        dead.metadata.name,
        words::brief(why)
    );
    DOC.finding(&proof, dead.object(), message)
        .cause("With the annotation default-backend ingress-nginx sends requests to another Service while this one has no ready endpoint.")
        .relates(fallback.object(), "answers in its place")
        .at(hop.front.ingress.origin, field!["metadata", "annotations", key.as_str()])
        .next("Find out why it has no ready endpoint", words::kubectl("describe service", &dead.object()))
}
