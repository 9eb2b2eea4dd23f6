//! `policy/source-address-replaced`

use std::net::IpAddr;
use std::sync::Arc;

use kubereach_reports::report::{PathState, SegmentName};

use crate::checks::policy::words;
use crate::evaluate::Cluster;
use crate::evaluate::policy::targets::kinds_of_targets;
use crate::policy::cni::Enforcement;
use crate::policy::{Answer, Connection, Direction, End, Missing, Protocol, Sided};
use crate::resolve::service::{PortView, ServiceView};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::ServicePort;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "policy/source-address-replaced",
    segment: SegmentName::Policy,
    title: "Only certain addresses are admitted, and a node may stand for the client",
    explanation: "Network policies admit only certain client addresses to the pods. With externalTrafficPolicy \
                  Cluster a node that takes a connection from outside may hand it on under an address of its own, \
                  and load balancers may do so too. Policies then see that address and not the client's, so that the \
                  very clients who are meant may be turned away. Whether it is so depends on the data plane and the \
                  load balancer, which a snapshot does not show. externalTrafficPolicy Local keeps the client's \
                  address; a measurement from such a client settles it.",
    example: "ingress: [{from: [{ipBlock: {cidr: 198.51.100.0/24}}]}] behind a Service of type LoadBalancer",
    sources: &[
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/ (ipBlock)",
        "core/v1 Service spec.externalTrafficPolicy",
    ],
});

/// The `policy` segment as it is for who comes from outside, by a node port or load balancer, where `policy` is
/// what it is for a caller who is not known.
pub fn from_outside<'s>(
    cluster: &Cluster<'s>,
    view: &ServiceView<'s>,
    port: &ServicePort,
    behind: &PortView<'_, 's>,
    policy: &Arc<Segment>,
) -> Arc<Segment> {
    let local = view.service.spec.external_traffic_policy.as_deref() == Some("Local");
    let policies = cluster.policies();
    let enforced = !matches!(policies.plugins.enforcement, Enforcement::NotEnforced { .. });
    if local || !enforced || policy.state() != PathState::Open {
        return Arc::clone(policy);
    }
    let protocol = Protocol::of(&port.protocol).unwrap_or(Protocol::Tcp);
    let targets = kinds_of_targets(cluster, view, port, behind);
    let asked = |from: &End<'s>| -> Vec<Sided<'s>> {
        let side = |target: &crate::evaluate::policy::targets::Target<'s>| {
            let selection = target.end.pod().map(|pod| policies.policies.select(pod)).unwrap_or_default();
            let connection = Connection { from, to: &target.end, protocol, port: target.port };
            policies.policies.side(&connection, Direction::Ingress, &selection)
        };
        targets.iter().map(side).collect()
    };
    let sides = asked(&End::Outside);
    let of_addresses = |missing: &Missing<'_>| matches!(missing, Missing::OutsideAddress | Missing::SourceTranslation);
    let depends = |side: &Sided<'_>| side.answer == Answer::Unknown && side.missing.iter().all(of_addresses);
    if sides.is_empty() || !sides.iter().all(depends) {
        return Arc::clone(policy);
    }
    // Where the nodes' own addresses are admitted, it does not matter that they stand for the client.
    let nodes = cluster.node_addresses();
    let admitted = |node: &IpAddr| asked(&End::Address(*node)).iter().all(|side| side.answer == Answer::Allowed);
    if !nodes.is_empty() && nodes.iter().all(admitted) {
        return Arc::clone(policy);
    }
    let deciding = words::policies(cluster, sides.iter().flat_map(|side| &side.because));
    let names: Vec<String> = deciding.iter().map(|policy| policy.object.name.clone()).collect();
    let gap = Gap::investigate(
        "whether the policies see the client's address or a node's",
        "externalTrafficPolicy Cluster allows either, and the load balancer's ways are not in a snapshot",
    );
    let port = words::port(targets.first().and_then(|target| target.port), protocol.word());
    let message = format!(
        "only certain addresses may connect to {port}, and a node's address may stand for the client's on the way"
    );
    let finding = DOC.finding(&gap, view.service.object(), message).cause(format!(
        "The {} by source address; the Service does not ask for the client's to be kept (externalTrafficPolicy Local).",
        words::policies_do(&names, "admits", "admit")
    ));
    let mut own = Segment::clone(policy);
    own.add(words::blame(finding, &deciding, view.namespace()).next(
        "Measure from a client of these addresses, or keep its address with externalTrafficPolicy: Local.",
        kubereach_model::evidence::command::get(&view.service.object(), "-o yaml"),
    ));
    Arc::new(own)
}
