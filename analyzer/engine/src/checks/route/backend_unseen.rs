//! `route/backend-unseen`: the Service was not read.

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evaluate::gateway_api::context::BackendContext;
use crate::resolve::route::backend::Named;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/backend-unseen",
    segment: SegmentName::Reference,
    title: "The Service was not read",
    explanation: "The Service is not in the input, and the input does not prove that it does not exist. What lies \
                  behind it cannot be told.",
    example: "An HTTPRoute manifest without the Service it names.",
    sources: &["Gateway API reference: HTTPRouteRule.backendRefs"],
});

/// For a Service that was not read.
pub(super) fn check(cx: &BackendContext<'_, '_>, segment: &mut Segment) {
    let Named::Unseen(gap) = &cx.target.named else { return };
    let &BackendContext { route, rule, index, target, .. } = cx;
    let service = ObjectRef {
        kind: "Service".to_owned(),
        namespace: Some(target.namespace.clone()),
        name: target.name.clone(),
        group: None,
    };
    segment.add(
        DOC.finding(
            gap,
            route.object(),
            format!("the Service {}/{} is not in the input", target.namespace, target.name),
        )
        .next("Check whether the Service exists.", command::get(&service, ""))
        .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "name"]),
    );
}
