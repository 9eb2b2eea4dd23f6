//! A front door's data plane is a caller that is known: evaluated from its pods to the pods behind.

use std::collections::BTreeMap;
use std::sync::Arc;

use kubereach_reports::report::{PathState, Port, SegmentName};

use super::behind::assume;
use super::callers::{Caller, Callers};
use super::{CheckTable, words};
use crate::evaluate::Cluster;
use crate::evaluate::policy::targets::{self, Target, kinds_of_targets, targets};
use crate::evaluate::service::BackendSegments;
use crate::policy::{
    Answer, Connection, Decision, Direction, End, Group, Missing, Nodes, PodEnd, Policy, Protocol, Selection,
    SideAnswer, Unread,
};
use crate::resolve::service::{PortView, ServiceView};
use kubereach_model::evidence::{Carriers, Segment};

/// Asked of more pairs than this, the first speak for the rest: replicas of one workload are alike.
const MOST_PAIRS: usize = 4096;

/// Adds to the `policy` segment what the policies say to those who carry the traffic of the entry. Where
/// they are not known nothing changes.
pub fn through<'s>(
    checks: &CheckTable,
    cluster: &Cluster<'s>,
    view: &ServiceView<'s>,
    port: Option<&Port>,
    (caller, is_entry): (Option<(&'static str, Caller<'s>)>, bool),
    mut behind: BackendSegments,
) -> BackendSegments {
    let from_outside = caller.is_none() && is_entry;
    if caller.is_none() && (!from_outside || cluster.is_manifests()) {
        return behind;
    }
    let (name, caller) = match caller {
        Some((name, caller)) => (name, Some(caller)),
        None => ("", None),
    };
    let Some(slot) = behind.segments.iter_mut().find(|s| s.name == SegmentName::Policy) else { return behind };
    let carriers = caller.as_ref().map_or_else(|| Arc::new(Carriers::Outside), Caller::carriers);
    Arc::make_mut(slot).carried_by(carriers);
    // Where it is blocked already, or was not evaluated, the caller adds nothing to the state.
    if !slot.is_counted() || slot.state() == PathState::Blocked {
        return behind;
    }
    let declared = view.service.get().value.spec.ports.iter().find(|p| match port {
        Some(Port::Number(number)) => p.port.known() == Some(number),
        Some(Port::Name(name)) => p.name == *name,
        None => false,
    });
    let Some((declared, protocol)) = declared.and_then(|p| Some((p, Protocol::of(&p.protocol)?))) else {
        return behind;
    };
    let behind_it = PortView::of(view, Some(declared));
    let mut segment = Segment::clone(slot);
    if let Some(Caller::Pods(callers)) = &caller {
        // What they may reach, the policies of their own namespaces say.
        for namespace in callers.namespaces.iter().filter(|namespace| **namespace != view.namespace()) {
            assume(checks, cluster, &mut segment, namespace);
        }
    }
    if let Some(Caller::Pods(callers)) = &caller
        && nobody_objects(cluster, declared, &behind_it, callers)
    {
        let first = targets::asked(&behind_it).next();
        let number = first.and_then(|endpoint| targets::number(view, declared, protocol, endpoint));
        let shown = words::port(number, protocol.word());
        segment.evaluated(format!("policies let the pods of {name} connect to {shown}"));
        *slot = Arc::new(segment);
        return behind;
    }
    let policies = cluster.policies();
    let held = |callers: &Callers<'s>| targets::asked(&behind_it).any(|e| e.pod.is_some_and(|pod| callers.has(pod)));
    let by_themselves = matches!(&caller, Some(Caller::Pods(callers)) if held(callers));
    let targets = if by_themselves || policies.sight.sees_addresses() {
        targets(cluster, view, declared, &behind_it)
    } else {
        kinds_of_targets(cluster, view, declared, &behind_it)
    };
    let ask = Ask { cluster, protocol, targets: &targets };
    let asked = match &caller {
        Some(Caller::Pods(pods)) => ask.of_pods(pods),
        Some(Caller::OwnIdentity) => Some(Asked::OwnIdentity { restricted: ask.of_one(&End::OwnProxy) }),
        Some(Caller::Unseen) => Some(Asked::Unseen { restricted: ask.of_one(&End::Anyone) }),
        None => ask.of_outside().then_some(Asked::OutsideOfMesh),
    };
    let Some(asked) = asked else { return behind };
    let cx = CallerContext { cluster, view, name, protocol, targets: &targets, asked };
    if let Asked::Pods(Pairs { denied: 0, unknown: 0, admitting, .. }) = &cx.asked {
        let by = if admitting.is_empty() { String::new() } else { format!(": {}", words::list(admitting)) };
        segment.evaluated(format!("policies let the pods of {name} connect to {}{by}", cx.port_words()));
    }
    for finding in checks.caller.iter().filter_map(|check| check(&cx, slot)) {
        segment.add(finding);
    }
    *slot = Arc::new(segment);
    behind
}

/// Is there surely no policy among those that were read that has to do with a caller or with a pod behind the port?
fn nobody_objects<'s>(
    cluster: &Cluster<'s>,
    port: &kubereach_model::snapshot::model::ServicePort,
    behind: &PortView<'_, 's>,
    callers: &Callers<'s>,
) -> bool {
    let policies = cluster.policies();
    let mut namespaces = callers.namespaces.clone();
    if namespaces.is_empty() || !targets::is_untouched(cluster, port, behind) {
        return false;
    }
    let of_targets = targets::asked(behind).filter_map(|endpoint| endpoint.pod);
    namespaces.extend(of_targets.map(|pod| pod.get().value.metadata.namespace.as_str()));
    namespaces.sort_unstable();
    namespaces.dedup();
    namespaces.iter().all(|ns| policies.touches_none_in(ns))
}

/// One end of the pairs that are asked about, and for how many pods it stands.
struct Asking<'a, 's> {
    end: &'a End<'s>,
    port: Option<u16>,
    selection: Selection<'s>,
    count: usize,
}

struct Ask<'a, 's> {
    cluster: &'a Cluster<'s>,
    protocol: Protocol,
    targets: &'a [Target<'s>],
}

/// How many pods behind are told what, for one of the caller's pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counts {
    denied: usize,
    unknown: usize,
    allowed: usize,
}

impl<'a, 's> Ask<'a, 's> {
    /// A proxy without labels: does any policy ask who connects?
    fn of_one(&self, from: &End<'s>) -> bool {
        let policies = &self.cluster.policies().policies;
        self.targets.iter().any(|target| {
            let selection = target.end.pod().map(|pod| policies.select(pod)).unwrap_or_default();
            let (protocol, port) = (self.protocol, target.port);
            let connection = Connection { from, to: &target.end, protocol, port, request: None };
            policies.side(&connection, Direction::Ingress, &selection).answer != Answer::Allowed
        })
    }

    /// A client outside of the cluster: does a mesh ask what it proves to be?
    fn of_outside(&self) -> bool {
        let policies = &self.cluster.policies().policies;
        self.targets.iter().any(|target| {
            let selection = target.end.pod().map(|pod| policies.select(pod)).unwrap_or_default();
            let (protocol, port) = (self.protocol, target.port);
            let connection = Connection { from: &End::Outside, to: &target.end, protocol, port, request: None };
            asks_for_identity(&policies.side(&connection, Direction::Ingress, &selection))
        })
    }

    /// Callers and targets of which no policy tells any two apart; `None` where pairs have to be asked about one by
    /// one: a pod may talk to itself, and a node to its own pods.
    fn kinds<'c>(&'c self, callers: &'c Callers<'s>) -> Option<(Vec<Asking<'c, 's>>, Vec<Asking<'c, 's>>)> {
        let policies = self.cluster.policies();
        let sees_nodes = policies.policies.options.nodes != Nodes::Undecidable;
        if sees_nodes && callers.ends.iter().any(End::is_on_node) {
            return None;
        }
        let asking = |end: &'c End<'s>, port: Option<u16>, count: usize| Asking {
            selection: end.pod().map(|pod| policies.policies.select(pod)).unwrap_or_default(),
            end,
            port,
            count,
        };
        let mut by_port: BTreeMap<Option<u16>, Vec<(usize, &PodEnd<'s>)>> = BTreeMap::new();
        for (index, target) in self.targets.iter().enumerate() {
            let pod = target.end.pod().filter(|pod| !callers.holds(pod))?;
            by_port.entry(target.port).or_default().push((index, pod));
        }
        let mut targets = Vec::new();
        for (port, pods) in &by_port {
            for group in policies.sight.group(pods.iter().map(|(_, pod)| *pod)) {
                let (first, _) = pods.get(*group.members.first()?)?;
                let of_group = group.members.iter().filter_map(|member| self.targets.get(pods.get(*member)?.0));
                let count = of_group.map(|target| target.count).sum();
                targets.push((*first, asking(&self.targets.get(*first)?.end, *port, count)));
            }
        }
        targets.sort_by_key(|(first, _)| *first);
        let of_caller = |group: &Group| {
            let first = callers.ends.get(*group.members.first()?)?;
            Some(asking(first, None, group.members.len()))
        };
        let from = callers.kinds.iter().map(of_caller).collect::<Option<_>>()?;
        Some((from, targets.into_iter().map(|(_, target)| target).collect()))
    }

    /// Every caller and every target by itself, as far as there is room.
    fn pairs<'c>(&'c self, callers: &'c Callers<'s>) -> (Vec<Asking<'c, 's>>, Vec<Asking<'c, 's>>) {
        let policies = &self.cluster.policies().policies;
        let most = (MOST_PAIRS / self.targets.len().max(1)).max(1);
        let asking = |end: &'c End<'s>, port: Option<u16>, count: usize| Asking {
            selection: end.pod().map(|pod| policies.select(pod)).unwrap_or_default(),
            end,
            port,
            count,
        };
        let from = callers.ends.iter().take(most).map(|end| asking(end, None, 1)).collect();
        let to = self.targets.iter().take(MOST_PAIRS).map(|target| asking(&target.end, target.port, target.count));
        (from, to.collect())
    }

    /// What the policies say to every pair; `None` where there is none.
    fn of_pods(&self, callers: &Callers<'s>) -> Option<Asked<'a, 's>> {
        let policies = self.cluster.policies();
        let (callers, targets) = self.kinds(callers).unwrap_or_else(|| self.pairs(callers));
        let asked: Vec<Vec<Decision<'_, 's>>> = callers
            .iter()
            .map(|from| {
                let connect = |to: &Asking<'_, 's>| {
                    let connection = Connection {
                        from: from.end,
                        to: to.end,
                        protocol: self.protocol,
                        port: to.port,
                        request: None,
                    };
                    policies.settle(&connection, &from.selection, &to.selection)
                };
                targets.iter().map(connect).collect()
            })
            .collect();
        let decisions: Vec<&Decision<'_, 's>> = asked.iter().flatten().collect();
        if decisions.is_empty() {
            return None;
        }
        let reached: usize = targets.iter().map(|target| target.count).sum();
        let told: Vec<Counts> = asked
            .iter()
            .map(|of_one| {
                // Some requests come through, others do not: that is no doubt about the connection.
                let answer_of =
                    |d: &Decision<'_, 's>| if d.is_up_to_the_request() { Answer::Allowed } else { d.answer };
                let of = |answer| of_one.iter().zip(&targets).filter(move |(d, _)| answer_of(d) == answer);
                let count = |answer| of(answer).map(|(_, target)| target.count).sum::<usize>();
                let (denied, unknown) = (count(Answer::Denied), count(Answer::Unknown));
                Counts { denied, unknown, allowed: reached - denied - unknown }
            })
            .collect();
        let all: usize = callers.iter().map(|caller| caller.count * reached).sum();
        let total = |of: fn(&Counts) -> usize| callers.iter().zip(&told).map(|(c, t)| c.count * of(t)).sum::<usize>();
        let (denied, unknown) = (total(|t| t.denied), total(|t| t.unknown));
        let reasons =
            || decisions.iter().flat_map(|d| d.verdict.egress.reasons.iter().chain(&d.verdict.ingress.reasons));
        let open = denied + unknown == 0;
        Some(Asked::Pods(Pairs {
            all,
            denied,
            unknown,
            alike: told.windows(2).all(|pair| pair.first() == pair.last()),
            missing: decisions
                .iter()
                .filter(|d| d.answer == Answer::Unknown && !d.is_up_to_the_request())
                .flat_map(|d| d.verdict.ingress.missing.iter().chain(&d.verdict.egress.missing))
                .next()
                .copied(),
            opened_by: decisions.iter().find_map(|d| {
                let closed = d.answer == Answer::Unknown && d.verdict.answer == Answer::Denied;
                d.unread.iter().find(|unread| closed && unread.may_allow).cloned().map(Box::new)
            }),
            by_mesh: decisions
                .iter()
                .filter(|d| d.answer == Answer::Denied)
                .all(|d| d.verdict.ingress.is_closed_in_mesh()),
            deciding: if open { Vec::new() } else { words::policies(self.cluster, reasons()) },
            admitting: if open { words::admitting(self.cluster, reasons()) } else { Vec::new() },
        }))
    }
}

/// What the policies say to a caller that is known.
#[derive(Debug)]
pub enum Asked<'a, 's> {
    /// A proxy that runs on the nodes and has no pod labels.
    OwnIdentity {
        /// Is there a policy at the pods that does not admit just anyone?
        restricted: bool,
    },
    /// Pods of the cluster that were not seen.
    Unseen {
        /// Is there a policy at the pods that does not admit just anyone?
        restricted: bool,
    },
    /// Clients outside of the cluster, of whom a mesh asks what they prove to be.
    OutsideOfMesh,
    /// Pods.
    Pods(Pairs<'a, 's>),
}

/// Does a mesh let in, or turn away, by what the client proves to be, or turn it away in any case?
pub(crate) fn asks_for_identity(side: &SideAnswer<'_>) -> bool {
    !side.is_open_in_mesh() && (side.is_closed_in_mesh() || side.missing.contains(&Missing::Identity))
}

/// The answers to every pair of a caller's pod and a pod behind the port.
#[derive(Debug)]
pub struct Pairs<'a, 's> {
    /// How many pairs there are.
    pub all: usize,
    /// In how many the policies deny the connection.
    pub denied: usize,
    /// In how many it cannot be told.
    pub unknown: usize,
    /// Is each of the caller's pods told the same? Otherwise it depends on which of them serves this entry.
    pub alike: bool,
    /// Where it cannot be told: the first missing fact.
    pub missing: Option<Missing<'s>>,
    /// Where it cannot be told because policies were not read that may admit whom these turn away: their kind.
    pub opened_by: Option<Box<Unread>>,
    /// Are those that are turned away turned away by a mesh, whatever plugin runs?
    pub by_mesh: bool,
    /// The policies that decide, each once; of no interest where every pair is allowed.
    pub deciding: Vec<&'a Policy<'s>>,
    /// Where every pair is allowed: the policies that admit the caller, with their rules.
    pub admitting: Vec<String>,
}

impl Pairs<'_, '_> {
    /// Are the pods turned away, all of them or each alike from some pods? Otherwise, if anything is not allowed,
    /// it is unsettled: some pairs cannot be decided, or which of the pods serves this entry matters.
    pub const fn is_denied(&self) -> bool {
        self.denied > 0 && (self.denied == self.all || (self.unknown == 0 && self.alike))
    }
}

/// The pods behind a port and a caller that is known.
#[derive(Debug)]
pub struct CallerContext<'a, 's> {
    /// The cluster with its policies.
    pub cluster: &'a Cluster<'s>,
    /// The Service.
    pub view: &'a ServiceView<'s>,
    /// Of the controller whose proxy is the caller.
    pub name: &'static str,
    /// The protocol of the port.
    pub protocol: Protocol,
    /// The pods behind the port.
    pub targets: &'a [Target<'s>],
    /// What the policies say.
    pub asked: Asked<'a, 's>,
}

impl CallerContext<'_, '_> {
    /// `80/TCP`, as the pods have it.
    pub fn port_words(&self) -> String {
        words::port(self.targets.first().and_then(|t| t.port), self.protocol.word())
    }
}
