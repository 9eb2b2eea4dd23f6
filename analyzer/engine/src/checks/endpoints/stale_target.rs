//! `endpoints/stale-target`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Doubt;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "endpoints/stale-target",
    segment: SegmentName::Endpoints,
    title: "An address points to a pod that is not there",
    explanation: "An EndpointSlice names a pod that the complete list of pods does not hold, or holds in \
         another life. The two were read at different moments, or the slice is stale: whether the \
         address answers cannot be told.",
    example: "A slice that points to pod web-2, which was not among the pods.",
    sources: &["discovery.k8s.io/v1 EndpointSlice endpoints.targetRef"],
});

/// A ready address whose pod is gone.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let mut stale = cx.behind.doubted(Doubt::StaleTarget).filter(|e| e.ready || e.serving);
    let first = stale.next()?;
    let more = match stale.count() {
        0 => String::new(),
        n => format!(" (and {n} more)"),
    };
    let name = first.name();
    let gap = Gap::investigate(
        format!("whether {name} still exists"),
        "pods and EndpointSlices were not read at the same moment",
    );
    Some(
        DOC.finding(
            &gap,
            cx.object(),
            format!("an address points to {name}{more}, which is not among the pods that were read"),
        )
        .cause("the snapshot is not of one moment, or the address is stale")
        .next(
            "Take the snapshot again.",
            command::labelled("pods", cx.view.namespace(), &cx.view.service.spec.selector),
        ),
    )
}
