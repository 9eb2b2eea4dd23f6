//! `route/backend-port-missing`: the Service has no such port.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendContext;
use crate::resolve::route::backend::{Named, RefPort};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::model::ServicePort;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/backend-port-missing",
    segment: SegmentName::Reference,
    title: "The Service has no such port",
    explanation: "A backendRef names a port of the Service, not of the container. The Service declares no port of that \
                  number.",
    example: "backendRefs: [{name: web, port: 8080}] for a Service that declares port 80",
    sources: &["Gateway API reference: BackendObjectReference.port"],
});

/// For a port that the Service does not declare.
pub(super) fn check(cx: &BackendContext<'_, '_>, segment: &mut Segment) {
    let Named::Service(service, RefPort::NotDeclared(port)) = &cx.target.named else { return };
    if service.is_external_name() {
        return;
    }
    let &BackendContext { route, rule, index, target, .. } = cx;
    let share = cx.share();
    let declared: Vec<String> = service.spec.ports.iter().map(ServicePort::describe).take(8).collect();
    let has = if declared.is_empty() { "none".to_owned() } else { declared.join(", ") };
    let proof = service.shows(format!("its ports are: {has}"));
    segment.add(
        DOC.finding(
            &proof,
            route.object(),
            format!(
                "the Service {}/{} has no port {port}, to which {} {} sends {share}",
                target.namespace,
                target.name,
                route.kind.word(),
                route.metadata.name
            ),
        )
        .cause(format!("the reference must name a port of the Service; it declares {has}"))
        .next("Correct the port of the reference or of the Service.", command::get(&service.object(), "-o yaml"))
        .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "port"]),
    );
}
