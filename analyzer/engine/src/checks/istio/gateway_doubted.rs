//! `istio/gateway-doubted`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::GatewayContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "istio/gateway-doubted",
    segment: SegmentName::Listener,
    title: "Some versions of Istio refuse the Gateway",
    explanation: "Istio's validating webhook would refuse the object, and the API server holds it all the same: the \
                  webhook was not asked, or is of another version. Whether istiod takes it is not shown.",
    example: "A Gateway with a server of protocol HTTPS and no tls in a dump",
    sources: &["istio/istio pkg/config/validation/validation.go ValidateGateway"],
});

/// Adds it for a Gateway that is stored.
pub fn check(cx: &GatewayContext<'_, '_>, segment: &mut Segment) {
    let Some(why) =
        cx.gateway.doubtful.first().or(cx.gateway.spec.as_ref().err()).filter(|_| cx.gateway.wrong.is_empty())
    else {
        return;
    };
    let gap = Gap::investigate("whether Istio takes it is not shown", "versions of its webhook differ");
    let message = format!("versions of Istio refuse the Gateway: {}", words::brief(why));
    segment.add(DOC.finding(&gap, cx.object(), message).next("Correct the field.", words::get(&cx.object())));
}
