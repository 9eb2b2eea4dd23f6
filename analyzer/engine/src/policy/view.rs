//! The policies of one cluster as its paths and `can` ask about them: the evaluator, plus what was not
//! read, what is not evaluated, and whether anything is enforced.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::OnceLock;

use kubereach_reports::report::ObjectRef;

use super::answer::{Answer, Direction, Missing, Protocol, Truth};
use super::cni::{Enforcement, Plugins};
use super::dns::Dns;
use super::ends::{End, Ends, PodEnd, ServiceEnd};
use super::engine::{ENGINES, Unread};
use super::groups::Sight;
use super::habits::Habits;
use super::ineffective::Ineffective;
use super::near::NearMiss;
use super::not_read::NotRead;
use super::options::Assumed;
use super::reach::{AddressRun, PortRun, address_runs, port_runs};
use super::request::Request;
use super::set::{Connection, Policies, Selection};
use super::side::{SideAnswer, Verdict};
use super::third_party::{ThirdParties, ThirdParty};
use super::way::masquerades_all;
use kubereach_model::snapshot::Snapshot;

/// The policies of one cluster.
#[derive(Debug)]
pub struct PolicyView<'s> {
    /// Ends of connections.
    pub ends: Ends<'s>,
    /// The evaluator.
    pub policies: Policies<'s>,
    /// Which plugins run.
    pub plugins: Plugins,
    /// Policies of other systems.
    pub third_party: ThirdParties<'s>,
    /// What of a pod all of them can see.
    pub sight: Sight<'s>,
    /// The cluster's DNS.
    pub dns: Dns<'s>,
    /// Does kube-proxy put a node's address in the place of every client's?
    pub(super) masquerades_all: bool,
    /// Nothing but manifests was read.
    manifests: bool,
    unread: NotRead<'s>,
    ineffective: OnceLock<Ineffective>,
}

/// The whole answer to one connection.
#[derive(Debug, Clone)]
pub struct Decision<'v, 's> {
    /// What may be said.
    pub answer: Answer,
    /// Into the destination.
    pub ingress: Answer,
    /// Out of the source.
    pub egress: Answer,
    /// What the evaluated policies say by themselves.
    pub verdict: Verdict<'s>,
    /// Policies of other systems that may touch an end.
    pub third_party: Vec<(&'v ThirdParty<'s>, Direction)>,
    /// What was not read, where it matters: the answer assumes that nothing of it turns the connection away. One that
    /// may let through what was turned away leaves no answer.
    pub unread: Vec<Unread>,
    /// On what the answer rests beside the snapshot.
    pub assumptions: Vec<Assumed>,
}

impl Decision<'_, '_> {
    /// Does it depend on the request, and on nothing that was not read?
    pub fn is_up_to_the_request(&self) -> bool {
        let mut missing = self.verdict.egress.missing.iter().chain(&self.verdict.ingress.missing);
        self.verdict.answer == Answer::Unknown && self.third_party.is_empty() && missing.all(|m| *m == Missing::Request)
    }
}

impl<'s> PolicyView<'s> {
    /// Compiles, indexes and looks around: linear in the snapshot.
    pub fn new(snapshot: &'s Snapshot) -> Self {
        Self::under(snapshot, Plugins::detect(snapshot))
    }

    /// The same as if this plugin ran.
    pub fn supposing(snapshot: &'s Snapshot, habits: &'static Habits) -> Self {
        Self::under(snapshot, Plugins::supposing(snapshot, habits))
    }

    fn under(snapshot: &'s Snapshot, plugins: Plugins) -> Self {
        snapshot.pods.prepare();
        let policies = Policies::new(snapshot, plugins.options());
        let third_party = ThirdParties::of(snapshot);
        let ends = Ends::new(snapshot);
        Self {
            sight: Sight::of(&policies, !third_party.is_empty()),
            dns: Dns::of(&ends),
            masquerades_all: !plugins.has_identities() && masquerades_all(snapshot),
            manifests: snapshot.is_manifests(),
            unread: NotRead::of(snapshot, &plugins),
            ends,
            policies,
            plugins,
            third_party,
            ineffective: OnceLock::new(),
        }
    }

    /// What of the policies does nothing at present; worked out when it is first asked for.
    pub fn ineffective(&self) -> &Ineffective {
        self.ineffective.get_or_init(|| Ineffective::of(&self.ends, &self.policies, &self.sight))
    }

    /// May this connection be made?
    pub fn decide(&self, connection: &Connection<'_, 's>) -> Decision<'_, 's> {
        let of = |pod: Option<&PodEnd<'s>>| pod.map(|pod| self.policies.select(pod)).unwrap_or_default();
        self.decide_selected(connection, &of(connection.from.pod()), &of(connection.to.pod()))
    }

    /// The same, where the selections of both ends are known already.
    pub fn decide_selected(
        &self,
        connection: &Connection<'_, 's>,
        from: &Selection<'s>,
        to: &Selection<'s>,
    ) -> Decision<'_, 's> {
        self.decide_by(connection, None, from, to)
    }

    /// The same of a connection that goes by the cluster address of this Service, where it goes by one.
    pub fn decide_by(
        &self,
        connection: &Connection<'_, 's>,
        by: Option<&End<'s>>,
        from: &Selection<'s>,
        to: &Selection<'s>,
    ) -> Decision<'_, 's> {
        let mut decision = self.settle_by(connection, by, from, to);
        if !decision.verdict.same_pod {
            let translated = by.is_some() && self.plugins.looks_before_translation();
            decision.assumptions = self.assumptions(connection, &decision, !translated);
        }
        decision
    }

    /// The same without the assumptions, for who does not show them.
    pub fn settle(
        &self,
        connection: &Connection<'_, 's>,
        from: &Selection<'s>,
        to: &Selection<'s>,
    ) -> Decision<'_, 's> {
        self.settle_by(connection, None, from, to)
    }

    /// May `from` send this out, where it goes by the cluster address of a Service?
    pub fn out_by(
        &self,
        connection: &Connection<'_, 's>,
        by: Option<&End<'s>>,
        from: &Selection<'s>,
    ) -> SideAnswer<'s> {
        let to = by.filter(|_| self.plugins.looks_before_translation()).unwrap_or(connection.to);
        self.policies.side(&Connection { to, ..*connection }, Direction::Egress, from)
    }

    fn settle_by(
        &self,
        connection: &Connection<'_, 's>,
        by: Option<&End<'s>>,
        from: &Selection<'s>,
        to: &Selection<'s>,
    ) -> Decision<'_, 's> {
        let mut verdict = self.policies.evaluate_selected(connection, from, to);
        if let Some(by) = by.filter(|_| !verdict.same_pod) {
            self.weigh_way(connection, by, (from, to), &mut verdict);
        }
        self.weigh_link_local(connection, &mut verdict);
        self.conclude(connection, verdict)
    }

    /// What may be said of it beside what was not read and is not evaluated.
    fn conclude(&self, connection: &Connection<'_, 's>, mut verdict: Verdict<'s>) -> Decision<'_, 's> {
        if self.plugins.is_off() && !verdict.ingress.is_open_in_mesh() {
            // What the network's policies say does nothing; the proxy's do.
            verdict.ingress = verdict.ingress.of_mesh();
            verdict.answer = verdict.ingress.answer;
        }
        let mut decision = Decision {
            answer: verdict.answer,
            ingress: verdict.ingress.answer,
            egress: verdict.egress.answer,
            third_party: Vec::new(),
            unread: Vec::new(),
            assumptions: Vec::new(),
            verdict,
        };
        if decision.verdict.same_pod {
            return decision;
        }
        let egress = self.side((connection.from, connection.to), Direction::Egress, &decision.verdict.egress);
        let ingress = self.side((connection.to, connection.from), Direction::Ingress, &decision.verdict.ingress);
        (decision.egress, decision.ingress) = (egress.answer, ingress.answer);
        decision.third_party.extend(egress.third_party.into_iter().map(|f| (f, Direction::Egress)));
        decision.third_party.extend(ingress.third_party.into_iter().map(|f| (f, Direction::Ingress)));
        decision.unread = egress.unread;
        for unread in ingress.unread {
            if !decision.unread.contains(&unread) {
                decision.unread.push(unread);
            }
        }
        decision.answer = match (decision.egress, decision.ingress) {
            (Answer::Denied, _) | (_, Answer::Denied) => Answer::Denied,
            (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
            (Answer::Allowed, Answer::Allowed) => Answer::Allowed,
        };
        decision
    }

    /// Rules that nearly let through what is denied. `service` is the Service that leads there, if one does.
    pub fn near_misses(
        &self,
        connection: &Connection<'_, 's>,
        decision: &Decision<'_, 's>,
        (from, to): (&Selection<'s>, &Selection<'s>),
        service: Option<&ServiceEnd<'s>>,
    ) -> Vec<NearMiss> {
        self.policies.near_misses(connection, &decision.verdict, [from, to], service)
    }

    /// Which ports of `to` may be reached from `from`: runs that cover 1–65535.
    pub fn ports(
        &self,
        (from, from_selection): (&End<'s>, &Selection<'s>),
        (to, to_selection): (&End<'s>, &Selection<'s>),
        (protocol, request): (Protocol, Option<&Request>),
    ) -> Vec<PortRun> {
        let starts = self.policies.port_starts(from_selection, (to, to_selection), protocol);
        port_runs(&starts, |port| {
            let connection = Connection { from, to, protocol, port: Some(port), request };
            self.decide_selected(&connection, from_selection, to_selection).answer
        })
    }

    /// From which addresses outside the cluster `pod` can be reached on a port (`Ingress`), or which it can
    /// reach (`Egress`): runs that cover one family.
    pub fn addresses(
        &self,
        (pod, selection): (&End<'s>, &Selection<'s>),
        direction: Direction,
        (protocol, port, request): (Protocol, Option<u16>, Option<&Request>),
        ipv4: bool,
    ) -> Vec<AddressRun> {
        let starts = self.policies.address_starts(selection, direction, ipv4);
        let none = Selection::default();
        address_runs(&starts, ipv4, |address: IpAddr| {
            let other = End::Address(address);
            let ((from, out), (to, into)) = match direction {
                Direction::Ingress => ((&other, &none), (pod, selection)),
                Direction::Egress => ((pod, selection), (&other, &none)),
            };
            let connection = Connection { from, to, protocol, port, request };
            // One address speaks for a range: what only it may be is of no account.
            self.conclude(&connection, self.policies.evaluate_selected(&connection, out, into)).answer
        })
    }

    /// On what it rests beside the snapshot; of policies that were asked about the pods, if they were.
    fn assumptions(&self, connection: &Connection<'_, 's>, decision: &Decision<'_, 's>, of_pods: bool) -> Vec<Assumed> {
        if decision.answer == Answer::Unknown {
            return Vec::new();
        }
        let mut assumed = Vec::new();
        let enforcement = &self.plugins.enforcement;
        let by_network = decision.verdict.answer != Answer::Allowed && decision.verdict.ingress.is_open_in_mesh();
        if self.plugins.is_off() && by_network {
            assumed.push(Assumed::NotEnforced);
        } else if of_pods {
            assumed.extend(self.policies.assumptions(connection, &decision.verdict));
        }
        let by_mesh = decision.verdict.ingress.of_mesh().answer == Answer::Denied;
        if decision.answer == Answer::Denied && !by_mesh && matches!(enforcement, Enforcement::Unknown(_)) {
            assumed.push(Assumed::Enforced);
        }
        assumed
    }

    fn side(&self, (end, other): (&End<'s>, &End<'s>), direction: Direction, own: &SideAnswer<'s>) -> Side<'_, 's> {
        let mut side = Side { answer: own.answer, third_party: Vec::new(), unread: Vec::new() };
        if self.plugins.is_off() && own.is_open_in_mesh() {
            side.answer = Answer::Allowed;
        }
        let Some(pod) = end.pod() else { return side };
        side.third_party = self.touching(pod, direction).collect();
        side.unread = self.unread(pod.namespace).to_vec();
        if side.answer == Answer::Allowed && direction == Direction::Egress && other.pod().is_none() {
            // What speaks of the way out may only turn away.
            side.unread.extend(self.unread_outbound(pod));
        }
        // Another system's policy may turn away what is allowed; some may let through what is denied. A policy that
        // was not read may do both: that it turns nobody away is assumed, what it may open stays open.
        let read_may_allow = side.third_party.iter().any(|third_party| third_party.may_allow);
        let may_open = side.unread.iter().any(|unread| unread.may_allow && own.is_closed_only_by(unread.layer));
        let may_deny = !side.third_party.is_empty() && side.answer == Answer::Allowed;
        let strictly = self.is_strict() && !side.unread.is_empty();
        if strictly || may_open || read_may_allow || may_deny {
            side.answer = Answer::Unknown;
        }
        side
    }

    /// Is there surely no policy, of whatever system, that touches a pod of this namespace?
    pub fn touches_none_in(&self, namespace: &str) -> bool {
        self.third_party.is_empty() && self.policies.none_in(namespace)
    }

    /// The first policy, of whatever system, that may turn callers of a pod away of which only these labels are known.
    pub fn may_close(&self, namespace: &str, labels: &BTreeMap<String, String>) -> Option<ObjectRef> {
        let third_party = || self.third_party.near(namespace).find(|other| !other.is_inert());
        let own = self.policies.may_select(namespace, labels).map(|policy| policy.object.clone()).min();
        own.or_else(|| third_party().map(|other| other.object.clone()))
    }

    /// Policies of other systems that may touch a pod.
    pub fn touching(&self, pod: &PodEnd<'s>, direction: Direction) -> impl Iterator<Item = &ThirdParty<'s>> {
        self.third_party.near(pod.namespace).filter(move |third_party| third_party.touches(pod, direction) != Truth::No)
    }

    /// Kinds of policy that were not read where they matter to a namespace. Of manifests nothing is missing: what is
    /// not among them was not declared.
    pub fn unread(&self, namespace: &str) -> Cow<'_, [Unread]> {
        self.unread.of_namespace(self.ends.snapshot(), namespace)
    }

    /// Does what was not read count as unknown?
    pub const fn is_strict(&self) -> bool {
        self.ends.snapshot().strict
    }

    /// The same of kinds that speak only of connections out of the cluster, for one of its pods.
    fn unread_outbound(&self, pod: &PodEnd<'s>) -> impl Iterator<Item = Unread> {
        let (snapshot, namespace) = (self.ends.snapshot(), pod.namespace);
        let asked = !self.manifests && !pod.host_network;
        let engines = ENGINES.iter().filter(move |_| asked);
        engines.filter_map(move |engine| engine.unread_outbound(snapshot, namespace))
    }

    /// Manifests say what is declared; what the cluster holds beside them is not among them.
    pub fn leaves_cluster_open(&self, namespace: &str) -> bool {
        let snapshot = self.ends.snapshot();
        self.manifests && ENGINES.iter().any(|engine| engine.unread_in(snapshot, namespace).is_some())
    }
}

struct Side<'v, 's> {
    answer: Answer,
    third_party: Vec<&'v ThirdParty<'s>>,
    unread: Vec<Unread>,
}
