//! `route/backend-port-unspecified`: the reference to a Service names no port.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendContext;
use crate::resolve::route::backend::{Named, RefPort};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/backend-port-unspecified",
    segment: SegmentName::Reference,
    title: "The reference to a Service names no port",
    explanation: "A reference to a Service must say which of its ports is meant. Without one it is invalid, and requests that match the rule are answered with an error instead of reaching the Service.",
    example: "backendRefs: [{name: web}]",
    sources: &["Gateway API reference: BackendObjectReference.port"],
});

/// For a reference without a port.
pub(super) fn check(cx: &BackendContext<'_, '_>, segment: &mut Segment) {
    let Named::Service(service, RefPort::Unspecified) = &cx.target.named else { return };
    if service.is_external_name() {
        return;
    }
    let &BackendContext { route, rule, index, target, .. } = cx;
    let share = cx.share();
    let proof = route.shows(format!("backendRef {} of rule {} has no port", index + 1, rule + 1));
    segment.add(
        DOC.finding(
            &proof,
            route.object(),
            format!(
                "the reference to Service {}/{} names no port, so {share} cannot be forwarded",
                target.namespace, target.name
            ),
        )
        .cause("a Service can only be reached by one of its ports")
        .next("Add the port to the reference.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "rules", rule, "backendRefs", index]),
    );
}
