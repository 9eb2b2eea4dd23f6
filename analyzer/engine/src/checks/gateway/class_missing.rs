//! `gateway/class-missing`: the GatewayClass does not exist.

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evaluate::gateway_api::context::GatewayContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Lookup;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/class-missing",
    segment: SegmentName::Controller,
    title: "The GatewayClass does not exist",
    explanation: "A Gateway is served by the controller that its GatewayClass names. The class does not exist, and \
                  nothing shows that the Gateway was ever programmed, so no controller takes it. Raised only where the \
                  GatewayClasses were read completely. A Gateway that was programmed before keeps its old data plane \
                  and is reported as gateway/class-gone instead.",
    example: "\
kind: Gateway
spec: {gatewayClassName: not-there, listeners: [...]}",
    sources: &["Gateway API reference: GatewaySpec.gatewayClassName"],
});

/// For a Gateway whose class provably does not exist and that was never programmed.
pub(super) fn check(cx: &GatewayContext<'_, '_>, segment: &mut Segment) {
    let Lookup::Absent(absence) = &cx.state.class else { return };
    if cx.was_programmed() {
        return;
    }
    let gateway = cx.gateway();
    let class = &gateway.spec.gateway_class_name;
    segment.add(
        DOC.finding(
            &absence.proof(),
            gateway.object(),
            format!("the GatewayClass {class} that Gateway {} asks for does not exist", gateway.metadata.name),
        )
        .cause("without a class no controller takes care of the Gateway, so nothing listens on its addresses")
        .next(
            "Create the class (its controller's installation brings one) or name an existing one.",
            "kubectl get gatewayclass",
        )
        .relates(
            ObjectRef { kind: "GatewayClass".to_owned(), namespace: None, name: class.clone(), group: None },
            "does not exist",
        )
        .at(gateway.origin, field!["spec", "gatewayClassName"]),
    );
}
