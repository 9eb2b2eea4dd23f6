//! `route/backend-port-unseen`: the port was masked by the collector.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendContext;
use crate::resolve::route::backend::{Named, RefPort};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/backend-port-unseen",
    segment: SegmentName::Reference,
    title: "The port was masked by the collector",
    explanation: "The port of the reference or of the Service is masked in the input, so the two cannot be compared.",
    example: "backendRefs: [{name: web, port: \"***HIDDEN***\"}]",
    sources: &["Gateway API reference: BackendObjectReference.port"],
});

/// For a port that was masked, of the reference or of the Service.
pub(super) fn check(cx: &BackendContext<'_, '_>, segment: &mut Segment) {
    let Named::Service(service, RefPort::Masked) = &cx.target.named else { return };
    if service.is_external_name() {
        return;
    }
    let &BackendContext { route, rule, index, target, .. } = cx;
    let gap = Gap::investigate("the port was masked by the collector", "a masked value cannot be compared");
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!("the collector masked the port, so nothing shows which port of {} is meant", target.describe()),
        )
        .at(route.origin, field!["spec", "rules", rule, "backendRefs", index]),
    );
}
