//! `route/backend-protocol-mismatch`: the Service port is for another transport.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendContext;
use crate::resolve::route::backend::{Named, RefPort};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/backend-protocol-mismatch",
    segment: SegmentName::Reference,
    title: "The Service port is for another transport",
    explanation: "A UDPRoute needs a UDP port of the Service, the other routes a TCP port. The Service declares the \
                  number, but for another transport. Implementations that look at the protocol refuse the reference; \
                  others forward and nothing answers unless the application listens on both.",
    example: "A UDPRoute to a Service port with protocol: TCP.",
    sources: &["Gateway API reference: BackendObjectReference.port", "core/v1 ServicePort.protocol"],
});

/// For a port that the Service declares for another transport.
pub(super) fn check(cx: &BackendContext<'_, '_>, segment: &mut Segment) {
    let Named::Service(service, RefPort::OtherProtocol(port)) = &cx.target.named else { return };
    if service.is_external_name() {
        return;
    }
    let &BackendContext { route, rule, index, target, .. } = cx;
    let gap = Gap::investigate("whether the controller forwards to it is not known", "implementations differ");
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!("{} is a {} port, which does not fit a {}", target.describe(), port.protocol, route.kind.word()),
        )
        .next("Declare the port for the right protocol.", command::list("services", &target.namespace))
        .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "port"]),
    );
}
