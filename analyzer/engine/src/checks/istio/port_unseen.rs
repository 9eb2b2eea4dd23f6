//! `istio/port-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::ServerContext;
use kubereach_model::evidence::{Assumes, CheckDoc, Obstacle, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::{Resource as _, Service};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "istio/port-unseen",
    segment: SegmentName::Listener,
    title: "Whether a Service leads to the port of the server is not shown",
    explanation: "Clients come in through a Service in front of the gateway's pods. None that was read leads to the \
                  port of this server, and the Services of that namespace were not read completely. In manifests it is \
                  assumed to be in the cluster.",
    example: "port: {number: 8443, name: https, protocol: HTTPS}   # in a dump of one namespace",
    sources: &["Istio: IST0162 GatewayPortNotDefinedOnService"],
});

/// Adds it for one server.
pub fn check(cx: &ServerContext<'_, '_>, segment: &mut Segment) {
    let (tier, Some(number)) = (cx.of.tier, cx.server.port.number.known()) else { return };
    let closed = !tier.may_listen_on_node() && !tier.exposes(*number);
    let Some(namespace) = tier.namespace().filter(|_| closed) else { return };
    let Err(gap) = cx.of.cluster.snapshot.is_complete(Service::KIND, Some(namespace)) else { return };
    let message = format!("whether a Service in front of the gateway leads to port {number} is not shown");
    if let Some(obstacle) = Obstacle::of_cluster(cx.of.manifests(), "Service", "Services of the gateway", gap.clone()) {
        let assumption =
            DOC.assumption(obstacle, cx.of.object(), message).could("not lead to the port, so that nobody answers");
        return segment.assume(assumption.read_by(words::reading_services()), cx.of.cluster.snapshot.strict);
    }
    let finding = DOC.finding(&gap, cx.of.object(), message);
    let finding = finding.at(cx.of.gateway.found.get().origin, field!["spec", "servers", cx.index, "port", "number"]);
    segment.add(finding.next("Read the Services of the gateway as well.", words::pods(cx.of)));
}
