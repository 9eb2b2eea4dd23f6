//! `service/port-without-endpoints`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/port-without-endpoints",
    segment: SegmentName::Port,
    title: "No address serves this port",
    explanation: "Addresses stand behind the Service, and none of them serves this port (by name and \
         protocol), so connections to it are refused while other ports work.",
    example: "A Service with the ports http and metrics whose EndpointSlices list http only.",
    sources: &["discovery.k8s.io/v1 EndpointSlice ports", "Kubernetes endpoint slice controller"],
});

/// Other ports are served, this one is not.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let port = cx.port?;
    if cx.listed || cx.view.endpoints.is_empty() {
        return None;
    }
    let what = format!("an address for port {} of {}", port.describe(), cx.view.title());
    let absence = cx.nothing_else(what).ok()?;
    Some(
        DOC.finding(&absence.proof(), cx.object(), format!("no address behind it serves port {}", port.describe()))
            .cause("addresses are listed per port, and none is listed for this one")
            .next("Compare the port with what the pods serve.", command::describe(&cx.object()))
            .at(cx.view.service.origin, field!["spec", "ports", cx.index]),
    )
}
