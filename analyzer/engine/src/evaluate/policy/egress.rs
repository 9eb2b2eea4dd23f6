//! What the pods behind a port may reach themselves: per pod, then all, some or mixed; and what nearly every workload
//! needs: the cluster's DNS, the API server, the outside.

use std::collections::BTreeMap;

use super::Context;
use super::identity::behind_port;
use crate::evaluate::Cluster;
use crate::policy::{
    self, Answer, Connection, DNS_PORT, Direction, End, Outgoing, PodEnd, Policy, Protocol, ServiceEnd,
};
use kubereach_reports::report::{Backend, Port};

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
    /// Whether they may reach the API server, and connect to addresses outside the cluster by HTTPS; `None` where it
    /// cannot be told, or differs from one pod to another.
    pub api_server: Option<Answer>,
    /// The same of the outside; unknown where it depends on the address.
    pub outside: Option<Answer>,
    /// Rules that nearly let them ask the DNS.
    pub near_dns: Vec<Near>,
    /// Rules that nearly let them reach the API server.
    pub near_api_server: Vec<Near>,
}

/// A rule that nearly lets something through: its policy by number, and what to change, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The policy.
    pub policy: u32,
    /// The rule.
    pub rule: usize,
    /// A sentence without its full stop.
    pub text: String,
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
    let isolating = isolating(cx.cluster, &pods);
    if !may_ask {
        let (near_dns, near_api_server) = (Vec::new(), Vec::new());
        return Some(Egress {
            isolating,
            dns: None,
            api_server: None,
            outside: None,
            near_dns,
            near_api_server,
            kinds,
        });
    }
    let ask = Ask { cluster: cx.cluster, pods: &pods };
    let (dns, near_dns) = ask.dns();
    let (api_server, near_api_server) = ask.api_server();
    let outside = ask.reach(&[(End::Outside, HTTPS)], Protocol::Tcp, None, None).0;
    Some(Egress { isolating, dns: Some(dns), api_server, outside, near_dns, near_api_server, kinds })
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

/// What most connections out of a cluster go to.
const HTTPS: u16 = 443;

struct Ask<'a, 's> {
    cluster: &'a Cluster<'s>,
    pods: &'a [&'a PodEnd<'s>],
}

impl<'s> Ask<'_, 's> {
    fn dns(&self) -> (Dns, Vec<Near>) {
        let own = |pod: &&PodEnd<'s>| matches!(pod.spec.dns_policy.as_deref(), Some("Default" | "None"));
        if self.pods.iter().any(own) {
            return (Dns::Unclear("Their dnsPolicy sends them to other name servers than the cluster's."), Vec::new());
        }
        let (udp, tcp, service) = match &self.cluster.policies().dns {
            policy::Dns::Servers { udp, tcp, service } => (udp, tcp, service),
            policy::Dns::Unclear(why) | policy::Dns::Cached(why) => return (Dns::Unclear(why), Vec::new()),
        };
        // Whoever asks, asks port 53.
        let asked = service.as_deref().cloned().unwrap_or(ServiceEnd::unread(DNS_PORT));
        let by = service.clone().map(End::Service);
        let (by_udp, mut near) = self.reach(udp, Protocol::Udp, Some(&asked), by.as_ref());
        let (by_tcp, of_tcp) = self.reach(tcp, Protocol::Tcp, Some(&asked), by.as_ref());
        near.extend(of_tcp);
        match (by_udp, by_tcp) {
            (Some(udp), Some(tcp)) => (Dns::Known(udp, tcp), near),
            _ => (Dns::Unclear("Whether they may ask the cluster's DNS differs from one pod to another."), Vec::new()),
        }
    }

    fn api_server(&self) -> (Option<Answer>, Vec<Near>) {
        let (namespace, name) = ("default".to_owned(), "kubernetes".to_owned());
        let backend = Backend { kind: "Service".to_owned(), namespace, name, port: Some(Port::Number(HTTPS)) };
        let servers: Vec<(End<'s>, u16)> =
            behind_port(self.cluster, &backend).into_iter().filter_map(|(end, port, _)| Some((end, port?))).collect();
        let view = self.cluster.service_view("default", "kubernetes");
        let service = view.map(|view| self.cluster.policies().ends.service(view.service, Some(HTTPS), None));
        let by = service.clone().map(|service| End::Service(Box::new(service)));
        self.reach(&servers, Protocol::Tcp, service.as_ref(), by.as_ref())
    }

    /// The answer for all pods to all of these, where it is one and the same, and what nearly lets them through that
    /// are turned away.
    fn reach(
        &self,
        to: &[(End<'s>, u16)],
        protocol: Protocol,
        service: Option<&ServiceEnd<'s>>,
        by: Option<&End<'s>>,
    ) -> (Option<Answer>, Vec<Near>) {
        let view = self.cluster.policies();
        let (mut same, mut near) = (None, Vec::new());
        for pod in self.pods {
            let from = End::Pod((*pod).clone());
            let selection = view.policies.select(pod);
            for (to, port) in to {
                let connection = Connection { from: &from, to, protocol, port: Some(*port), request: None };
                let answer = view.out_by(&connection, by, &selection).answer;
                if answer == Answer::Denied {
                    let missed = view.policies.near_misses_at(&connection, Direction::Egress, &selection, service);
                    for missed in missed {
                        let near_one = Near { policy: missed.policy, rule: missed.rule, text: missed.text };
                        if !near.contains(&near_one) {
                            near.push(near_one);
                        }
                    }
                }
                match same {
                    None => same = Some(answer),
                    Some(first) if first != answer => return (None, Vec::new()),
                    Some(_) => {}
                }
            }
        }
        (same, near)
    }
}
