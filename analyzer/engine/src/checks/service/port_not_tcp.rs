//! `service/port-not-tcp`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::Consumer;
use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/port-not-tcp",
    segment: SegmentName::Port,
    title: "The consumer forwards TCP only",
    explanation: "ingress-nginx considers TCP ports of a Service only; a backend that names a UDP or SCTP port \
         has no endpoints for it.",
    example: "An Ingress in front of a Service port with protocol UDP.",
    sources: &["ingress-nginx: getEndpointsFromSlices"],
});

/// A UDP or SCTP port behind ingress-nginx.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let port = cx.port?;
    if cx.consumer != Consumer::IngressNginx || port.protocol == "TCP" {
        return None;
    }
    let fact = format!("port {} is {}", port.describe(), port.protocol);
    Some(
        DOC.finding(
            &cx.view.service.shows(fact),
            cx.object(),
            format!("port {} is not TCP, and the Ingress controller forwards TCP only", port.describe()),
        )
        .cause("it finds no address for a port of another protocol")
        .next("Point the Ingress at a TCP port.", command::get(&cx.object(), "-o yaml"))
        .at(cx.view.service.origin, field!["spec", "ports", cx.index, "protocol"]),
    )
}
