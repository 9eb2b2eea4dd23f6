//! `endpoints/address-mismatch`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Doubt;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "endpoints/address-mismatch",
    segment: SegmentName::Endpoints,
    title: "An address is not that of its pod",
    explanation: "An EndpointSlice gives an address for a pod, and the pod shows another one or none. The two \
         were read at different moments: whether the address answers cannot be told.",
    example: "A slice that gives 10.0.0.7 for a pod whose podIP is 10.0.0.9.",
    sources: &["discovery.k8s.io/v1 EndpointSlice endpoints.addresses"],
});

/// A ready address that its pod does not have.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let mut wrong = cx.behind.doubted(Doubt::OtherAddress).filter(|e| e.ready || e.serving);
    let first = wrong.next()?;
    let more = match wrong.count() {
        0 => String::new(),
        n => format!(" ({n} more differ too)"),
    };
    let pod = first.pod?;
    let listed = first.address.unwrap_or_default();
    let shown = pod.ips().next().map_or_else(|| "none".to_owned(), str::to_owned);
    let gap = Gap::investigate(
        format!("the address of pod {}", pod.metadata.name),
        "pods and EndpointSlices were not read at the same moment",
    );
    Some(
        DOC.finding(&gap, pod.object(), format!("its address is listed as {listed}, and the pod shows {shown}{more}"))
            .cause("the snapshot is not of one moment, or the address is stale")
            .next("Take the snapshot again.", format!("{} -o wide", command::get(&pod.object(), "")))
            .relates(cx.object(), "the Service"),
    )
}
