//! `route/backend-port-missing`

use kubereach_reports::report::SegmentName;

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Route, Service, ServicePort};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/backend-port-missing",
    segment: SegmentName::Reference,
    title: "The Service has no such port",
    explanation: "A backendRef names a port of the Service, not of the container. The Service declares no port of that \
                  number.",
    example: "backendRefs: [{name: web, port: 8080}] for a Service that declares port 80",
    sources: &["Gateway API reference: BackendObjectReference.port"],
});

/// For the backendRef at `index` of the rule at `rule`.
pub fn finding(
    route: Found<'_, Route>,
    rule: usize,
    index: usize,
    target: &Target<'_>,
    share: &str,
    service: Found<'_, Service>,
    port: u16,
) -> Finding {
    let declared: Vec<String> = service.spec.ports.iter().map(ServicePort::describe).take(8).collect();
    let has = if declared.is_empty() { "none".to_owned() } else { declared.join(", ") };
    let proof = service.shows(format!("its ports are: {has}"));
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
    .next("correct the port of the reference or of the Service", command::get(&service.object(), "-o yaml"))
    .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "port"])
}
