//! `istio/port-not-exposed`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::ServerContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Service;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/port-not-exposed",
    segment: SegmentName::Listener,
    title: "No Service leads to the port of the server",
    explanation: "The pods of a gateway listen at the port of a server, and clients come in through a Service in front \
                  of them. The port must be one of its ports, or the target of one. Raised where Services in front of \
                  the pods were read, and none of them has the port. Not raised for pods that listen on their nodes.",
    example: "port: {number: 8443, name: https, protocol: HTTPS}   # the Service of the gateway has 80 and 443",
    sources: &["Istio: IST0162 GatewayPortNotDefinedOnService"],
});

/// Adds it for one server.
pub fn check(cx: &ServerContext<'_, '_>, segment: &mut Segment) {
    let (tier, Some(number)) = (cx.of.tier, cx.server.port.number.known()) else { return };
    let Some(namespace) = tier.namespace().filter(|_| !tier.may_listen_on_node() && !tier.exposes(*number)) else {
        return;
    };
    let what = format!("a Service in front of the pods of the gateway with port {number}");
    // Another Service may lead to it.
    let Ok(absence) = cx.of.cluster.snapshot.nothing_else::<Service>(Some(namespace), what) else { return };
    let proof = match tier.services.first() {
        Some(service) => {
            let ports = service.ports_in_words();
            service.shows(format!("declares {}", if ports.is_empty() { "no ports" } else { &ports }))
        }
        None => absence.proof(),
    };
    let message = format!("no Service in front of the gateway leads to port {number}");
    let mut finding = DOC.finding(&proof, cx.of.object(), message);
    if let Some(service) = tier.services.first() {
        finding = finding.relates(service.object(), "is in front of the gateway");
    }
    let finding = finding.at(cx.of.gateway.found.get().origin, field!["spec", "servers", cx.index, "port", "number"]);
    segment.add(finding.next("Add the port to the Service of the gateway, or correct it.", words::pods(cx.of)));
}
