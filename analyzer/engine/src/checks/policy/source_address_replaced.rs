//! `policy/source-address-replaced`

use std::net::IpAddr;

use kubereach_reports::report::{PathState, SegmentName};

use crate::checks::policy::phrases::blame;
use crate::evaluate::policy::{OutsideContext, words};
use crate::policy::cni::Enforcement;
use crate::policy::{Answer, End, Missing, SideAnswer};
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text, command};
use kubereach_model::snapshot::Gap;

/// Its catalogue entry.
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

/// Where nothing but the client's address decides, and a node's may stand for it.
pub fn finding(cx: &OutsideContext<'_, '_>) -> Option<Finding> {
    let (cluster, service) = (cx.cluster, &cx.view.service);
    let local = service.spec.external_traffic_policy.as_deref() == Some("Local");
    let not_enforced = matches!(cluster.policies().plugins.enforcement, Enforcement::NotEnforced { .. });
    if local || not_enforced || cx.segment.state() != PathState::Open {
        return None;
    }
    let targets = cx.targets();
    let sides = cx.sides(&targets, &End::Outside);
    let of_addresses = |missing: &Missing<'_>| matches!(missing, Missing::OutsideAddress | Missing::SourceTranslation);
    let depends = |side: &SideAnswer<'_>| side.answer == Answer::Unknown && side.missing.iter().all(of_addresses);
    if sides.is_empty() || !sides.iter().all(depends) {
        return None;
    }
    // Where the nodes' own addresses are admitted, it does not matter that they stand for the client.
    let nodes = cluster.node_addresses();
    let admits = |side: &SideAnswer<'_>| side.answer == Answer::Allowed;
    let admitted = |node: &IpAddr| cx.sides(&targets, &End::Address(*node)).iter().all(admits);
    if !nodes.is_empty() && nodes.iter().all(admitted) {
        return None;
    }
    let deciding = words::policies(cluster, sides.iter().flat_map(|side| &side.reasons));
    let gap = Gap::investigate(
        "whether the policies see the client's address or a node's",
        "externalTrafficPolicy Cluster allows either, and what the load balancer does is not in a snapshot",
    );
    let port = words::port(targets.first().and_then(|target| target.port), cx.protocol().word());
    let message = format!(
        "only certain addresses may connect to {port}, and a node's address may stand for the client's on the way"
    );
    let finding = DOC.finding(&gap, service.object(), message).cause(format!(
        "The {} by source address; the Service does not ask for the client's to be kept (externalTrafficPolicy Local).",
        words::policies_do(&words::names(&deciding), "admits", "admit")
    ));
    let finding = blame(finding, &deciding, cx.view.namespace()).next(
        "Measure from a client of these addresses, or keep its address with externalTrafficPolicy: Local.",
        command::get(&service.object(), "-o yaml"),
    );
    Some(finding)
}
