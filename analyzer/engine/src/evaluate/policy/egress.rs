//! What the pods behind a port may reach themselves: per pod, then all, some or mixed; and the cluster's DNS.

use std::collections::BTreeMap;

use super::Context;
use crate::evaluate::Cluster;
use crate::policy::{self, Answer, Connection, Direction, End, Outgoing, PodEnd, Policy, Protocol};

/// What may be said about the cluster's DNS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dns {
    /// The answer for UDP and for TCP.
    Known(Answer, Answer),
    /// Why there is none, in a sentence.
    Unclear(&'static str),
}

/// What the pods behind a port may reach. Made only where it can be told.
#[derive(Debug)]
pub struct Egress<'a, 's> {
    /// The kinds of pods by what they may reach: the first of each, and how many they are.
    pub kinds: BTreeMap<Outgoing, (&'a PodEnd<'s>, usize)>,
    /// The policies that isolate any of the pods for outgoing traffic.
    pub isolating: Vec<&'a Policy<'s>>,
    /// Whether they may ask the cluster's DNS; `None` where some of them may reach anything, or none of them
    /// anything at all.
    pub dns: Option<Dns>,
}

impl Egress<'_, '_> {
    /// What all of them may reach, where it is the same.
    pub fn same_for_all(&self) -> Option<&Outgoing> {
        let mut kinds = self.kinds.keys();
        kinds.next().filter(|_| kinds.next().is_none())
    }
}

/// The pods behind a port and what they may reach.
#[derive(Debug)]
pub struct EgressContext<'a, 's> {
    /// The port.
    pub port: &'a Context<'a, 's>,
    /// What the pods may reach.
    pub egress: Egress<'a, 's>,
}

/// What is known about outgoing traffic; `None` where nothing is or nothing is limited.
pub(super) fn of<'a, 's>(cx: &Context<'a, 's>) -> Option<Egress<'a, 's>> {
    let policies = cx.cluster.policies();
    let pods: Vec<&'a PodEnd<'s>> = cx.targets.iter().filter_map(|target| target.end.pod()).collect();
    if pods.is_empty()
        || pods.len() != cx.targets.len()
        || policies.unread(cx.view.namespace()).iter().any(|unread| unread.system.is_none())
    {
        return None;
    }
    if cx.is_not_enforced() {
        return None;
    }
    // Another system's policy may open what these close, and close what these open.
    if pods.iter().any(|pod| policies.touching(pod, Direction::Egress).next().is_some()) {
        return None;
    }
    let mut kinds: BTreeMap<Outgoing, (&'a PodEnd<'s>, usize)> = BTreeMap::new();
    for (pod, target) in pods.iter().zip(cx.targets) {
        kinds.entry(policies.policies.outgoing(pod)).or_insert((pod, 0)).1 += target.count;
    }
    let all = |of: Outgoing| kinds.len() == 1 && kinds.contains_key(&of);
    if kinds.contains_key(&Outgoing::Unclear) || all(Outgoing::Anything) {
        return None;
    }
    let may_ask = !kinds.contains_key(&Outgoing::Anything) && !all(Outgoing::Nothing);
    Some(Egress { isolating: isolating(cx.cluster, &pods), dns: may_ask.then(|| dns(cx.cluster, &pods)), kinds })
}

/// The policies that isolate any of the pods for outgoing traffic.
fn isolating<'a, 's>(cluster: &'a Cluster<'s>, pods: &[&PodEnd<'s>]) -> Vec<&'a Policy<'s>> {
    let policies = &cluster.policies().policies;
    let mut indexes: Vec<u32> = Vec::new();
    for pod in pods {
        indexes.extend(policies.select(pod).of(Direction::Egress).iter().map(|(index, _)| *index));
    }
    indexes.sort_unstable();
    indexes.dedup();
    indexes.into_iter().filter_map(|index| policies.get(index)).collect()
}

fn dns<'s>(cluster: &Cluster<'s>, pods: &[&PodEnd<'s>]) -> Dns {
    let own = |pod: &&PodEnd<'s>| matches!(pod.spec.dns_policy.as_deref(), Some("Default" | "None"));
    if pods.iter().any(own) {
        return Dns::Unclear("Their dnsPolicy sends them to other name servers than the cluster's.");
    }
    let (udp, tcp) = match &cluster.policies().dns {
        policy::Dns::Servers { udp, tcp } => (udp, tcp),
        policy::Dns::Unclear(why) => return Dns::Unclear(why),
    };
    match (to_dns(cluster, pods, udp, Protocol::Udp), to_dns(cluster, pods, tcp, Protocol::Tcp)) {
        (Some(udp), Some(tcp)) => Dns::Known(udp, tcp),
        _ => Dns::Unclear("Whether they may ask the cluster's DNS differs from one pod to another."),
    }
}

/// The answer for all pods to all DNS servers, where it is one and the same.
fn to_dns<'s>(
    cluster: &Cluster<'s>,
    pods: &[&PodEnd<'s>],
    servers: &[(End<'s>, u16)],
    protocol: Protocol,
) -> Option<Answer> {
    let policies = &cluster.policies().policies;
    let mut same = None;
    for pod in pods {
        let from = End::Pod((*pod).clone());
        let selection = policies.select(pod);
        for (to, port) in servers {
            let connection = Connection { from: &from, to, protocol, port: Some(*port), request: None };
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
