//! `gateway/class-gone`: the GatewayClass is gone, the Gateway was programmed before.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::GatewayContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::{Gap, Lookup};

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/class-gone",
    segment: SegmentName::Controller,
    title: "The GatewayClass is gone, the Gateway was programmed before",
    explanation: "The GatewayClass does not exist any more, but the Gateway shows that a controller once programmed \
                  it. Its data plane may run on with the old configuration; changes are not picked up. Whether traffic \
                  still flows cannot be told from the configuration.",
    example: "A Gateway with status addresses whose GatewayClass was deleted.",
    sources: &["Gateway API reference: GatewaySpec.gatewayClassName"],
});

/// For a Gateway that was programmed while its class existed.
pub(super) fn check(cx: &GatewayContext<'_, '_>, segment: &mut Segment) {
    if !matches!(cx.state.class, Lookup::Absent(_)) || !cx.was_programmed() {
        return;
    }
    let gateway = cx.gateway();
    let class = &gateway.spec.gateway_class_name;
    let gap = Gap::investigate(
        format!("GatewayClass {class} does not exist any more"),
        "the Gateway's status shows that it was programmed before",
    );
    segment.add(
        DOC.finding(
            &gap,
            gateway.object(),
            format!("the GatewayClass {class} is gone; what was set up before may still run, changes are not taken up"),
        )
        .cause("controllers leave a running data plane alone when its class disappears")
        .next("Restore the class, or move the Gateway to an existing one.", "kubectl get gatewayclass")
        .at(gateway.origin, field!["spec", "gatewayClassName"]),
    );
}
