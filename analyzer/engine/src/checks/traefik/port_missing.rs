//! `traefik/port-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::LeafContext;
use crate::resolve::traefik::leaves::{PortOf, Target};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/port-missing",
    segment: SegmentName::Reference,
    title: "The Service does not declare the port",
    explanation: "Traefik looks for the number or name among the ports that the Service declares, never among those of \
                  its pods. Without it the route is left out. Of a Service that stands for a name elsewhere \
                  (ExternalName) any number will do, and a number must be given.",
    example: "services: [{name: cart, port: 8080}]   # the Service declares 80, and 8080 is its targetPort",
    sources: &["traefik/traefik pkg/provider/kubernetes/crd/kubernetes.go getServicePort"],
});

/// Adds it for one Service.
pub fn check(cx: &LeafContext<'_, '_>, segment: &mut Segment) {
    let Target::Service(service, port) = &cx.leaf.target else { return };
    let name = words::brief(&service.metadata.name);
    let declared = service.ports_in_words();
    let (proof, message) = match (port, &cx.leaf.reference.port) {
        (PortOf::Unsaid, _) => (
            cx.leaf.naming.object.shows("it names no port"),
            format!("the reference to the Service '{name}' names no port"),
        ),
        (PortOf::Missing, Some(port)) if declared.is_empty() => {
            (service.shows("declares no ports"), format!("the Service '{name}' declares no port {port}"))
        }
        (PortOf::Missing, Some(port)) => {
            let port = words::brief(&port.to_string());
            (
                service.shows(format!("declares {declared}")),
                format!("the Service '{name}' declares no port {port}, but {declared}"),
            )
        }
        _ => return,
    };
    let finding = DOC.finding(&proof, service.object(), message).relates(cx.route.of.object(), "refers to it");
    let finding = cx.at(finding, field!["port"]);
    segment.add(finding.next("Name a port that the Service declares.", words::services(&cx.leaf.backend.namespace)));
}
