//! `ingress/fallback-backend`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::Fallback;
use crate::resolve::controllers::annotations::DEFAULT_BACKEND;
use kubereach_model::evidence::Finding;
use kubereach_model::evidence::{CheckDoc, Narrows, Text};
use kubereach_model::field;

/// What `explain` says of it.
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

/// Says which Service answers, and why the one of the path cannot.
pub fn finding(cx: &Fallback<'_, '_>) -> Option<Finding> {
    let (state, dead, fallback) = (cx.path.state, cx.service, cx.answering);
    let why = cx.endpoints.findings().first().map_or("no ready endpoints", |finding| finding.message.as_str());
    let proof = state.ingress.shows(format!("names '{}' as the fallback", fallback.metadata.name));
    let message = format!(
        "only the fallback Service '{}' answers, because '{}' cannot: {}",
        fallback.metadata.name,
        dead.metadata.name,
        words::brief(why)
    );
    Some(
    DOC.finding(&proof, dead.object(), message)
        .cause("With the annotation default-backend ingress-nginx sends requests to another Service while this one has no ready endpoint.")
        .relates(fallback.object(), "answers in its place")
        .at(state.ingress.origin, field!["metadata", "annotations", DEFAULT_BACKEND])
        .next("Find out why it has no ready endpoint.", words::kubectl("describe service", &dead.object())),
    )
}
