//! `route/backend-not-found`: the Service does not exist.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendContext;
use crate::resolve::route::backend::Named;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/backend-not-found",
    segment: SegmentName::Reference,
    title: "The Service does not exist",
    explanation: "The rule sends requests to a Service that does not exist. Its share of the requests gets status 500 \
                  (HTTP), fails (gRPC) or is refused (TCP, TLS, UDP). Raised only where the Services of the namespace \
                  were read completely.",
    example: "backendRefs: [{name: not-there, port: 80}]",
    sources: &["Gateway API reference: HTTPRouteRule.backendRefs"],
});

/// For a Service that provably does not exist.
pub(super) fn check(cx: &BackendContext<'_, '_>, segment: &mut Segment) {
    let Named::Missing(absence) = &cx.target.named else { return };
    let &BackendContext { route, rule, index, target, .. } = cx;
    let share = cx.share();
    segment.add(
        DOC.finding(
            &absence.proof(),
            route.object(),
            format!(
                "the Service {}/{} that {} {} sends {share} to does not exist",
                target.namespace,
                target.name,
                route.kind.word(),
                route.metadata.name
            ),
        )
        .cause("a rule cannot forward to a Service that is not there")
        .next("Create the Service or correct the reference.", command::list("services", &target.namespace))
        .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "name"]),
    );
}
