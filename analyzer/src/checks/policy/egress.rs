//! What the pods behind a port may reach themselves: everything closed, or the cluster's DNS.

use super::targets::Target;
use super::{dns_egress_closed, dns_egress_udp_only, egress_closed, words};
use crate::evidence::Stretch;
use crate::paths::World;
use crate::paths::service::ServiceView;
use crate::policy::{Answer, Connection, Direction, End, PodEnd, PolicyKind, Protocol};
use crate::snapshot::Found;
use crate::snapshot::model::Pod;

/// Adds what is to be said about outgoing traffic. It never changes the state of the path.
pub(super) fn notes<'s>(world: &World<'s>, view: &ServiceView<'s>, targets: &[Target<'s>], stretch: &mut Stretch) {
    let policies = world.policies();
    let pods: Vec<&PodEnd<'s>> = targets.iter().filter_map(|target| target.end.pod()).collect();
    if pods.is_empty() || pods.len() != targets.len() || !policies.unread(view.namespace()).is_empty() {
        return;
    }
    let isolated = |pod: &PodEnd<'s>| {
        let selection = policies.policies.select(pod);
        !pod.host_network && !selection.of(Direction::Egress).is_empty()
    };
    // Another system's policy may open what these close.
    if !pods.iter().all(|pod| isolated(pod) && policies.touching(pod, Direction::Egress).next().is_none()) {
        return;
    }
    let because = |pod: &PodEnd<'s>| {
        let selection = policies.policies.select(pod);
        let indexes: Vec<u32> = selection.of(Direction::Egress).iter().map(|(index, _)| *index).collect();
        indexes.into_iter().filter_map(|index| policies.policies.get(index)).collect::<Vec<_>>()
    };
    let Some(first) = pods.first().map(|pod| because(pod)) else { return };
    let nothing = |pod: &&PodEnd<'s>| {
        because(pod).iter().all(|p| p.kind() == PolicyKind::Core && p.rule_count(Direction::Egress) == Some(0))
    };
    if pods.iter().all(nothing) {
        let message =
            "the pods may open no connection at all, if network policies are enforced: names do not resolve either";
        let finding = egress_closed::PAGE.finding(view.service.object(), message);
        stretch.add(words::blame(finding, &first, view.namespace()));
        return;
    }
    let Some(servers) = dns_servers(world) else { return };
    let udp = to_dns(world, &pods, &servers, Protocol::Udp);
    let tcp = to_dns(world, &pods, &servers, Protocol::Tcp);
    if udp == Some(Answer::Denied) && tcp == Some(Answer::Denied) {
        let message = "the pods may not ask the cluster's DNS, if network policies are enforced: names do not resolve";
        let finding = dns_egress_closed::PAGE.finding(view.service.object(), message);
        stretch.add(words::blame(finding, &first, view.namespace()));
    } else if udp == Some(Answer::Allowed) && tcp == Some(Answer::Denied) {
        let message =
            "the pods may ask the cluster's DNS by UDP only, if network policies are enforced: long answers fail";
        let finding = dns_egress_udp_only::PAGE.finding(view.service.object(), message);
        stretch.add(words::blame(finding, &first, view.namespace()));
    }
}

/// The answer for all pods to all DNS servers, where it is one and the same.
fn to_dns<'s>(
    world: &World<'s>,
    pods: &[&PodEnd<'s>],
    servers: &[(End<'s>, u16)],
    protocol: Protocol,
) -> Option<Answer> {
    let policies = &world.policies().policies;
    let mut same = None;
    for pod in pods {
        let from = End::Pod((*pod).clone());
        let selection = policies.select(pod);
        for (to, port) in servers {
            let connection = Connection { from: &from, to, protocol, port: Some(*port) };
            let answer = policies.side(&connection, Direction::Egress, &selection).answer;
            match same {
                None => same = Some(answer),
                Some(first) if first != answer => return None,
                Some(_) => {}
            }
        }
    }
    same
}

/// The cluster's DNS pods with the port they listen on. `None` where it cannot be told: none were read, or
/// a cache on every node answers in their place.
fn dns_servers<'s>(world: &World<'s>) -> Option<Vec<(End<'s>, u16)>> {
    let pods = &world.snapshot.pods;
    let cache = |pod: &Found<'s, Pod>| pod.metadata.label("k8s-app") == Some("node-local-dns");
    if pods.in_namespace("kube-system").any(|pod| cache(&pod)) {
        return None;
    }
    let is_dns = |pod: &Found<'s, Pod>| {
        pod.metadata.label("k8s-app") == Some("kube-dns")
            || pod.metadata.label("dns.operator.openshift.io/daemonset-dns").is_some()
    };
    let servers: Vec<(End<'s>, u16)> = ["kube-system", "openshift-dns"]
        .into_iter()
        .flat_map(|namespace| pods.in_namespace(namespace))
        .filter(|pod| is_dns(pod) && !pod.is_finished())
        .map(|pod| {
            let port = pod.spec.named_port("dns", "UDP").unwrap_or(53);
            (End::Pod(world.policies().ends.pod(pod)), port)
        })
        .collect();
    (!servers.is_empty()).then_some(servers)
}
