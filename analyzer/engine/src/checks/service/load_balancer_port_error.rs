//! `service/load-balancer-port-error`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};
use kubereach_model::evidence::{command, said};
use kubereach_model::field;
use kubereach_model::snapshot::model::{ConditionStatus, current};

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "service/load-balancer-port-error",
    segment: SegmentName::Address,
    title: "The load balancer reports an error for this port",
    explanation: "The load balancer implementation reports that it could not provide this port (per port in \
         the Service's status, or by its condition). Clients outside cannot use it.",
    example: "status.loadBalancer.ingress[0].ports[0].error: MixedProtocolNotSupported",
    sources: &["core/v1 Service status.loadBalancer.ingress.ports", "API reference: LoadBalancerPortsError"],
});

/// An error for the port, or for the ports as a whole.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let (service, port) = (&cx.view.service, cx.port?);
    let status = service.status.as_ref()?;
    let ports = status.load_balancer.ingress.iter().flat_map(|i| &i.ports);
    let of_port = ports
        .filter(|p| p.port == port.port && p.protocol.as_deref().unwrap_or("TCP") == port.protocol)
        .find_map(|p| p.error.as_deref());
    let condition = current(&status.conditions, "LoadBalancerPortsError").filter(|c| c.status == ConditionStatus::True);
    let error = of_port.or_else(|| condition.map(|c| if c.message().is_empty() { c.reason() } else { c.message() }))?;
    let error = said::quote(error);
    Some(
        DOC.finding(
            &service.shows(format!("status reports: {error}")),
            cx.object(),
            format!("the load balancer reports for port {}: {error}", port.describe()),
        )
        .cause("its provider could not set up the port")
        .next("Find out what the load balancer controller says.", command::describe(&cx.object()))
        .at(service.origin, field!["status", "loadBalancer"]),
    )
}
