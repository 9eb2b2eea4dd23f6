//! What the pods behind a port may reach themselves: per pod, then all, some or mixed; and the cluster's DNS.

use std::collections::BTreeMap;

use crate::checks::policy::{
    dns_egress_closed, dns_egress_udp_only, egress_closed, egress_differs, egress_limited, words,
};
use crate::evaluate::Cluster;
use crate::evaluate::policy::targets::Target;
use crate::policy::cni::Enforcement;
use crate::policy::{self, Answer, Connection, Direction, End, Outgoing, PodEnd, Policy, Protocol};
use crate::resolve::service::ServiceView;
use kubereach_model::evidence::Segment;

/// What may be said about the cluster's DNS: the answer for UDP and for TCP, or why there is none.
enum Dns {
    Told(Answer, Answer),
    Open(&'static str),
}

impl Dns {
    const fn words(&self) -> &'static str {
        match self {
            Self::Told(Answer::Allowed, Answer::Allowed) => "They may ask the cluster's DNS.",
            Self::Told(Answer::Allowed, Answer::Denied) => "They may ask the cluster's DNS by UDP only.",
            Self::Told(Answer::Denied, Answer::Allowed) => "They may ask the cluster's DNS by TCP only.",
            Self::Told(Answer::Denied, Answer::Denied) => "They may not ask the cluster's DNS.",
            Self::Told(..) => "Whether they may ask the cluster's DNS cannot be told: a rule cannot be decided.",
            Self::Open(why) => why,
        }
    }
}

/// Adds what is to be said about outgoing traffic. It never changes the state of the path.
pub(crate) fn notes<'s>(cluster: &Cluster<'s>, view: &ServiceView<'s>, targets: &[Target<'s>], segment: &mut Segment) {
    let policies = cluster.policies();
    let pods: Vec<&PodEnd<'s>> = targets.iter().filter_map(|target| target.end.pod()).collect();
    if pods.is_empty() || pods.len() != targets.len() || !policies.unread(view.namespace()).is_empty() {
        return;
    }
    if matches!(policies.plugins.enforcement, Enforcement::NotEnforced { .. }) {
        return;
    }
    // Another system's policy may open what these close, and close what these open.
    if pods.iter().any(|pod| policies.touching(pod, Direction::Egress).next().is_some()) {
        return;
    }
    // Of each kind the first, and how many they are.
    let mut kinds: BTreeMap<Outgoing, (&PodEnd<'s>, usize)> = BTreeMap::new();
    for (pod, target) in pods.iter().zip(targets) {
        kinds.entry(policies.policies.outgoing(pod)).or_insert((pod, 0)).1 += target.count;
    }
    if kinds.contains_key(&Outgoing::Unclear) {
        return;
    }
    let because = isolating(cluster, &pods);
    let mut kinds_left = kinds.iter();
    match (kinds_left.next(), kinds_left.next()) {
        (Some((Outgoing::Anything | Outgoing::Unclear, _)) | None, None) => return,
        (Some((Outgoing::Nothing, _)), None) => {
            let message =
                "the pods may open no connection at all, if network policies are enforced: names do not resolve either";
            let finding = egress_closed::DOC.finding(view.service.object(), message);
            segment.add(words::blame(finding, &because, view.namespace()));
            return;
        }
        (Some((Outgoing::Only(whom), _)), None) => {
            let message =
                format!("the pods may only reach these, if network policies are enforced: {}", words::list(whom));
            let finding =
                egress_limited::DOC.finding(view.service.object(), message).cause(dns(cluster, &pods).words());
            segment.add(words::blame(finding, &because, view.namespace()));
        }
        _ => {
            let message = format!(
                "the {} pods may not all reach the same, if network policies are enforced: {}",
                crate::evaluate::policy::targets::count(targets),
                kinds.iter().map(|(outgoing, (_, count))| kind(outgoing, *count)).collect::<Vec<_>>().join("; ")
            );
            let each: Vec<String> = kinds.values().map(|(pod, _)| pod.object().to_string()).collect();
            let finding = egress_differs::DOC
                .finding(view.service.object(), message)
                .cause(format!("One of each kind: {}.", words::list(&each)));
            segment.add(words::blame(finding, &because, view.namespace()));
        }
    }
    if kinds.contains_key(&Outgoing::Anything) {
        return;
    }
    match dns(cluster, &pods) {
        Dns::Told(Answer::Denied, Answer::Denied) => {
            let message =
                "the pods may not ask the cluster's DNS, if network policies are enforced: names do not resolve";
            let finding = dns_egress_closed::DOC.finding(view.service.object(), message);
            segment.add(words::blame(finding, &because, view.namespace()));
        }
        Dns::Told(Answer::Allowed, Answer::Denied) => {
            let message =
                "the pods may ask the cluster's DNS by UDP only, if network policies are enforced: long answers fail";
            let finding = dns_egress_udp_only::DOC.finding(view.service.object(), message);
            segment.add(words::blame(finding, &because, view.namespace()));
        }
        Dns::Told(..) | Dns::Open(_) => {}
    }
}

/// `1 of them only pods with app=db in namespace shop`.
fn kind(outgoing: &Outgoing, count: usize) -> String {
    match outgoing {
        Outgoing::Anything => format!("{count} anything"),
        Outgoing::Only(whom) => format!("{count} only {}", words::list(whom)),
        Outgoing::Nothing => format!("{count} nothing"),
        Outgoing::Unclear => format!("{count} cannot be told"),
    }
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
        return Dns::Open("Their dnsPolicy sends them to other name servers than the cluster's.");
    }
    let (udp, tcp) = match &cluster.policies().dns {
        policy::Dns::Servers { udp, tcp } => (udp, tcp),
        policy::Dns::Unclear(why) => return Dns::Open(why),
    };
    match (to_dns(cluster, pods, udp, Protocol::Udp), to_dns(cluster, pods, tcp, Protocol::Tcp)) {
        (Some(udp), Some(tcp)) => Dns::Told(udp, tcp),
        _ => Dns::Open("Whether they may ask the cluster's DNS differs from one pod to another."),
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
