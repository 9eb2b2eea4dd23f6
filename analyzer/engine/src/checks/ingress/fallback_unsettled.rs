//! `ingress/fallback-unsettled`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::{Fallback, StandIn};
use crate::resolve::controllers::annotations::DEFAULT_BACKEND;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/fallback-unsettled",
    segment: SegmentName::Endpoints,
    title: "Whether the fallback Service answers is not known",
    explanation: "The Service behind the path cannot answer, and the annotation default-backend names another one that \
                  ingress-nginx uses in that case. Whether that one answers cannot be told from what was read, so \
                  nobody can say that requests fail.",
    example: "nginx.ingress.kubernetes.io/default-backend: sorry-page, which was not read",
    sources: &["ingress-nginx: annotations, default-backend"],
});

/// Where the Service in its place was not read, or not enough of it.
pub fn finding(cx: &Fallback<'_, '_>) -> Option<Finding> {
    let (named, gap) = match &cx.stand_in {
        StandIn::Answers(_) => return None,
        StandIn::Unseen(named, gap) => (named.clone(), gap.clone()),
        StandIn::Doubtful(service) => {
            let gap = Gap::investigate("whether the fallback Service answers", "not all that decides it was read");
            (service.object(), gap)
        }
    };
    let state = cx.path.state;
    let message = format!(
        "'{}' cannot answer, and nothing shows whether the fallback Service '{}' does in its place",
        cx.dead.name, named.name
    );
    let command = words::kubectl("describe service", &named);
    Some(
        DOC.finding(&gap, cx.dead.clone(), message)
            .relates(named, "is to answer in its place")
            .at(state.ingress.origin, field!["metadata", "annotations", DEFAULT_BACKEND])
            .next("Look at the fallback Service.", command),
    )
}
