//! `openshift/every-port`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::openshift::RouteContext;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "openshift/every-port",
    segment: SegmentName::Reference,
    title: "Requests go to every port of the Service",
    explanation: "The Route names no targetPort and the Service has several ports: the router spreads requests over \
                  every port of every endpoint, also those that speak something else.",
    example: "No spec.port, and a Service with the ports http and metrics.",
    sources: &["openshift/router: pkg/router/template/template_helper.go (endpointsForAlias)"],
});

/// Beside the paths.
pub fn finding(cx: &RouteContext<'_, '_>) -> Option<Finding> {
    let spec = &cx.value().spec;
    let several = cx.backends.iter().find(|service| {
        service.value.spec.ports.iter().filter(|port| !matches!(port.protocol.as_str(), "UDP" | "SCTP")).count() > 1
    })?;
    if spec.port.is_some() {
        return None;
    }
    let name = words::brief(&several.value.metadata.name);
    let message = format!("it names no targetPort, so that requests go to every port of the Service '{name}'");
    let finding = DOC.finding(cx.route.object(), message).relates(several.object(), "has several ports");
    let finding = finding.at(cx.route.origin, field!["spec"]);
    Some(
        finding
            .next("Name the port in spec.port.targetPort.", words::kubectl("get service -o yaml", &several.object())),
    )
}
