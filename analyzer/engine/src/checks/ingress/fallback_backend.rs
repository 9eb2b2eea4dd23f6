//! `ingress/fallback-backend`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::{Fallback, StandIn};
use crate::resolve::controllers::annotations::DEFAULT_BACKEND;
use kubereach_model::evidence::Finding;
use kubereach_model::evidence::{CheckDoc, Narrows, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "ingress/fallback-backend",
    segment: SegmentName::Endpoints,
    title: "Only the fallback Service answers",
    explanation: "The Service behind the path has no ready endpoints, or does not exist, and the annotation \
                  default-backend names another Service that ingress-nginx uses in that case, which has some. Requests \
                  are answered, but not by the app: usually with an error page.",
    example: "nginx.ingress.kubernetes.io/default-backend: sorry-page",
    sources: &["ingress-nginx: annotations, default-backend"],
});

/// Says which Service answers, and why the one of the path cannot.
pub fn finding(cx: &Fallback<'_, '_>) -> Option<Finding> {
    let StandIn::Answers(answering) = &cx.stand_in else { return None };
    let state = cx.path.state;
    let why = cx.blocked.findings().first().map_or("no ready endpoints", |finding| finding.message.as_str());
    let proof = state.ingress.shows(format!("names '{}' as the fallback", answering.metadata.name));
    let message = format!(
        "only the fallback Service '{}' answers, because '{}' cannot: {}",
        answering.metadata.name,
        cx.dead.name,
        words::brief(why)
    );
    let cause = "With the annotation default-backend ingress-nginx sends requests to another Service while this one \
                 has no ready endpoint.";
    Some(
        DOC.finding(&proof, cx.dead.clone(), message)
            .cause(cause)
            .relates(answering.object(), "answers in its place")
            .at(state.ingress.origin, field!["metadata", "annotations", DEFAULT_BACKEND])
            .next("Find out why it cannot answer.", words::kubectl("describe service", &cx.dead)),
    )
}
