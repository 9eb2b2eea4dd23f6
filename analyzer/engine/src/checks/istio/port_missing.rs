//! `istio/port-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::{DestinationContext, Port};
use crate::resolve::istio::Target;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/port-missing",
    segment: SegmentName::Reference,
    title: "The destination has no such port",
    explanation: "The port of a destination is the number of a port that the Service or ServiceEntry declares. Without \
                  a number it is the only port, or else the one with the number of the gateway's server. There is \
                  none, so requests get 503.",
    example: "destination: {host: reviews, port: {number: 8080}}   # the Service declares 9080",
    sources: &["Istio: Destination.port", "Istio: IST0112 VirtualServiceDestinationPortSelectorRequired"],
});

/// Adds it for one destination.
pub fn check(cx: &DestinationContext<'_, '_>, segment: &mut Segment) {
    let wanted = match cx.port {
        Port::Missing(number) => format!("port {number}"),
        Port::Unsaid => "the port of the gateway's server, and the rule names none".to_owned(),
        Port::Declared(_) | Port::OfEntry(_) | Port::Any => return,
    };
    let (proof, object) = match cx.target {
        Target::Service(service) => {
            let ports = service.ports_in_words();
            if service.spec.ports.iter().any(|port| port.port.is_redacted()) || service.is_external_name() {
                return;
            }
            (
                service.shows(format!("declares {}", if ports.is_empty() { "no ports" } else { &ports })),
                service.object(),
            )
        }
        Target::Entry(entry, _) => (entry.shows("declares other ports"), entry.object()),
        Target::Missing(_) | Target::Unseen(_) | Target::NotCompleted(_) => return,
    };
    let message = format!("{object} does not declare {wanted}");
    let finding = cx.at(DOC.finding(&proof, object, message), "port").relates(cx.of.object(), "refers to it");
    segment.add(finding.next("Name a port that it declares.", words::get(&cx.of.object())));
}
