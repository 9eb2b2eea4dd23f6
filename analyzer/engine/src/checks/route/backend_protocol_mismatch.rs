//! `route/backend-protocol-mismatch`

use kubereach_reports::report::SegmentName;

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::{Route, ServicePort};
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/backend-protocol-mismatch",
    segment: SegmentName::Reference,
    title: "The Service port is for another transport",
    explanation: "A UDPRoute needs a UDP port of the Service, the other routes a TCP port. The Service declares the \
                  number, but for another transport. Implementations that look at the protocol refuse the reference; \
                  others forward and nothing answers unless the application listens on both.",
    example: "A UDPRoute to a Service port with protocol: TCP.",
    sources: &["Gateway API reference: BackendObjectReference.port", "core/v1 ServicePort.protocol"],
});

/// For the backendRef at `index` of the rule at `rule`.
pub fn finding(route: Found<'_, Route>, rule: usize, index: usize, target: &Target<'_>, port: &ServicePort) -> Finding {
    let gap = Gap::investigate("whether the controller forwards to it is not known", "implementations differ");
    DOC.finding(
        &gap,
        route.object(),
        format!("{} is a {} port, which does not fit a {}", target.describe(), port.protocol, route.kind.word()),
    )
    .next("declare the port for the right protocol", command::list("services", &target.namespace))
    .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "port"])
}
