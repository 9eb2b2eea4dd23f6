//! `service/some-endpoints-not-ready`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use crate::resolve::service::{Truth, refusal};
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "service/some-endpoints-not-ready",
    segment: SegmentName::Endpoints,
    title: "Some pods behind the Service are not ready",
    explanation: "Part of what stands behind the Service is not ready and receives no traffic; the rest \
         carries it. Not raised where the workload has as many ready pods as it asks for (a roll-out \
         adds pods before it removes old ones).",
    example: "Two of three pods are ready.",
    sources: &["core/v1 Service", "Kubernetes endpoint slice controller"],
});

/// Some answer, some do not, and fewer answer than were asked for.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.situation() != Situation::Carries || cx.view.truth == Truth::Templates {
        return None;
    }
    let (answering, silent) = (cx.answering_count(), cx.unready_count());
    let quota = cx.view.workloads.all().any(|workload| refusal(cx.cluster, workload).is_some());
    if answering == 0 || (silent == 0 && !quota) {
        return None;
    }
    let desired = cx.view.workloads.desired().and_then(|n| usize::try_from(n).ok());
    if desired.is_some_and(|desired| answering >= desired) {
        return None;
    }
    let total = (answering + silent).max(if quota { desired.unwrap_or_default() } else { 0 });
    let proof = cx.shows_unready(format!("{answering} of {total} ready ({})", cx.source()));
    let message = format!("{answering} of {total} pods behind it are ready");
    Some(cx.blame(DOC.finding(&proof, cx.object(), message)))
}
