//! A front door's data plane is a caller that is known: evaluated from its pods to the pods behind.

use std::collections::BTreeMap;
use std::sync::Arc;

use kubereach_reports::report::{PathState, Port, SegmentName};

use super::callers::{Caller, Callers};
use crate::checks::policy::{
    closed_to_controller, closed_to_controller_if_enforced, partly_closed_to_controller, undecidable, words,
};
use crate::evaluate::Cluster;
use crate::evaluate::policy::targets::{self, Target, kinds_of_targets, targets};
use crate::evaluate::service::BackendSegments;
use crate::policy::cni::Enforcement;
use crate::policy::{
    Answer, Connection, Decision, Direction, End, Group, Missing, PodEnd, Policy, Protocol, Selection,
};
use crate::resolve::service::{PortView, ServiceView};
use kubereach_model::evidence::Segment;
use kubereach_model::snapshot::Gap;

/// Asked of more pairs than this, the first speak for the rest: replicas of one workload are alike.
const MOST_PAIRS: usize = 4096;

/// Adds to the `policy` segment what the policies say to those who carry the traffic of the entry. Where
/// they are not known nothing changes.
pub fn through<'s>(
    cluster: &Cluster<'s>,
    view: &ServiceView<'s>,
    port: Option<&Port>,
    caller: Option<(&'static str, Caller<'s>)>,
    mut behind: BackendSegments,
) -> BackendSegments {
    let Some((name, caller)) = caller else { return behind };
    let Some(slot) = behind.segments.iter_mut().find(|s| s.name == SegmentName::Policy) else { return behind };
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
    if let Caller::Pods(callers) = &caller
        && nobody_objects(cluster, declared, &behind_it, callers)
    {
        let first = targets::asked(&behind_it).next();
        let number = first.and_then(|endpoint| targets::number(view, declared, protocol, endpoint));
        let mut segment = Segment::clone(slot);
        let shown = words::port(number, protocol.word());
        segment.evaluated(format!("policies let the pods of {name} connect to {shown}"));
        *slot = Arc::new(segment);
        return behind;
    }
    let policies = cluster.policies();
    let held = |callers: &Callers<'s>| targets::asked(&behind_it).any(|e| e.pod.is_some_and(|pod| callers.has(pod)));
    let by_themselves = matches!(&caller, Caller::Pods(callers) if held(callers));
    let targets = if by_themselves || policies.sight.sees_addresses() {
        targets(cluster, view, declared, &behind_it)
    } else {
        kinds_of_targets(cluster, view, declared, &behind_it)
    };
    let asked = Asked { cluster, view, name, protocol, targets: &targets };
    let mut segment = Segment::clone(slot);
    match &caller {
        Caller::Pods(pods) => asked.of_pods(pods, &mut segment),
        Caller::OwnIdentity => asked.of_identity(&mut segment),
    }
    *slot = Arc::new(segment);
    behind
}

/// Is there surely no policy that has to do with a caller or with a pod behind the port, and was every policy read
/// that could?
fn nobody_objects<'s>(
    cluster: &Cluster<'s>,
    port: &kubereach_model::snapshot::model::ServicePort,
    behind: &PortView<'_, 's>,
    callers: &Callers<'s>,
) -> bool {
    let policies = cluster.policies();
    let of_callers = callers.kinds.iter().filter_map(|kind| callers.ends.get(*kind.members.first()?)?.pod());
    let mut namespaces: Vec<&str> = of_callers.map(|pod| pod.namespace).collect();
    if namespaces.is_empty() || !targets::is_untouched(cluster, port, behind) {
        return false;
    }
    let of_targets = targets::asked(behind).filter_map(|endpoint| endpoint.pod);
    namespaces.extend(of_targets.map(|pod| pod.get().value.metadata.namespace.as_str()));
    namespaces.sort_unstable();
    namespaces.dedup();
    namespaces.iter().all(|ns| policies.touches_none_in(ns) && policies.unread(ns).is_empty())
}

/// One end of the pairs that are asked about, and for how many pods it stands.
struct Asking<'a, 's> {
    end: &'a End<'s>,
    port: Option<u16>,
    selection: Selection<'s>,
    count: usize,
}

struct Asked<'a, 's> {
    cluster: &'a Cluster<'s>,
    view: &'a ServiceView<'s>,
    /// Of the controller.
    name: &'static str,
    protocol: Protocol,
    targets: &'a [Target<'s>],
}

/// What the policies say to one of the caller's pods, over all pods behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Said {
    denied: usize,
    unknown: usize,
    allowed: usize,
}

impl<'s> Asked<'_, 's> {
    fn port(&self) -> String {
        words::port(self.targets.first().and_then(|t| t.port), self.protocol.word())
    }

    /// A proxy without labels: any rule that asks who connects cannot be followed.
    fn of_identity(&self, segment: &mut Segment) {
        let policies = self.cluster.policies();
        let restricted = self.targets.iter().any(|target| {
            let selection = target.end.pod().map(|pod| policies.policies.select(pod)).unwrap_or_default();
            let connection =
                Connection { from: &End::Anyone, to: &target.end, protocol: self.protocol, port: target.port };
            policies.policies.side(&connection, Direction::Ingress, &selection).answer != Answer::Allowed
        });
        if !restricted {
            return;
        }
        let (name, shown) = (self.name, self.port());
        let gap = Gap::investigate(
            format!("whether the proxy of {name} is admitted"),
            format!("{name} gives it an identity of its own that no NetworkPolicy can name"),
        );
        let message = format!(
            "it cannot be decided whether the proxy of {name} may connect to {shown}: \
             it runs on the nodes and has no pod labels"
        );
        segment.add(undecidable::DOC.finding(&gap, self.view.service.object(), message).next(
            "Ask the plugin what it admits.",
            kubereach_model::evidence::command::list("ciliumendpoints", self.view.namespace()),
        ));
    }

    /// Callers and targets of which no policy tells any two apart; `None` where pairs have to be asked about one by
    /// one: a pod may talk to itself, and a node to its own pods.
    fn kinds<'a>(&'a self, callers: &'a Callers<'s>) -> Option<(Vec<Asking<'a, 's>>, Vec<Asking<'a, 's>>)> {
        let policies = self.cluster.policies();
        let asking = |end: &'a End<'s>, port: Option<u16>, count: usize| Asking {
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
    fn pairs<'a>(&'a self, callers: &'a Callers<'s>) -> (Vec<Asking<'a, 's>>, Vec<Asking<'a, 's>>) {
        let policies = &self.cluster.policies().policies;
        let most = (MOST_PAIRS / self.targets.len().max(1)).max(1);
        let asking = |end: &'a End<'s>, port: Option<u16>, count: usize| Asking {
            selection: end.pod().map(|pod| policies.select(pod)).unwrap_or_default(),
            end,
            port,
            count,
        };
        let from = callers.ends.iter().take(most).map(|end| asking(end, None, 1)).collect();
        let to = self.targets.iter().take(MOST_PAIRS).map(|target| asking(&target.end, target.port, target.count));
        (from, to.collect())
    }

    fn of_pods(&self, callers: &Callers<'s>, segment: &mut Segment) {
        let policies = self.cluster.policies();
        let (callers, targets) = self.kinds(callers).unwrap_or_else(|| self.pairs(callers));
        let asked: Vec<Vec<Decision<'_, 's>>> = callers
            .iter()
            .map(|from| {
                let connect = |to: &Asking<'_, 's>| {
                    let connection = Connection { from: from.end, to: to.end, protocol: self.protocol, port: to.port };
                    policies.settle(&connection, &from.selection, &to.selection)
                };
                targets.iter().map(connect).collect()
            })
            .collect();
        let decisions: Vec<&Decision<'_, 's>> = asked.iter().flatten().collect();
        if decisions.is_empty() {
            return;
        }
        let reached: usize = targets.iter().map(|target| target.count).sum();
        let said: Vec<Said> = asked
            .iter()
            .map(|of_one| {
                let told = |answer| of_one.iter().zip(&targets).filter(move |(d, _)| d.answer == answer);
                let count = |answer| told(answer).map(|(_, target)| target.count).sum::<usize>();
                let (denied, unknown) = (count(Answer::Denied), count(Answer::Unknown));
                Said { denied, unknown, allowed: reached - denied - unknown }
            })
            .collect();
        let all: usize = callers.iter().map(|caller| caller.count * reached).sum();
        let total = |of: fn(&Said) -> usize| callers.iter().zip(&said).map(|(c, s)| c.count * of(s)).sum::<usize>();
        let (denied, unknown) = (total(|s| s.denied), total(|s| s.unknown));
        let (name, shown) = (self.name, self.port());
        if denied + unknown == 0 {
            let sides = decisions.iter().flat_map(|d| [&d.verdict.egress, &d.verdict.ingress]);
            let by = words::admitting(self.cluster, sides.flat_map(|side| &side.because));
            let by = if by.is_empty() { String::new() } else { format!(": {}", words::list(&by)) };
            segment.evaluated(format!("policies let the pods of {name} connect to {shown}{by}"));
            return;
        }
        let because = words::policies(
            self.cluster,
            decisions.iter().flat_map(|d| d.verdict.egress.because.iter().chain(&d.verdict.ingress.because)),
        );
        // Every caller is told the same, or it depends on which of them serves this entry.
        let alike = said.windows(2).all(|pair| pair.first() == pair.last());
        if denied == all || (denied > 0 && unknown == 0 && alike) {
            self.denied(denied, all, &because, segment);
        } else {
            self.unsettled(&decisions, denied, &because, segment);
        }
    }

    /// Some pairs cannot be decided, or the pods that may be the caller are told different things.
    fn unsettled(
        &self,
        decisions: &[&Decision<'_, 's>],
        denied: usize,
        because: &[&Policy<'s>],
        segment: &mut Segment,
    ) {
        let missing = decisions
            .iter()
            .filter(|d| d.answer == Answer::Unknown)
            .flat_map(|d| d.verdict.ingress.missing.iter().chain(&d.verdict.egress.missing))
            .next();
        if segment.state() == PathState::Unknown {
            // The reason stands there already: another system's policy, or policies that were not read.
            return;
        }
        let why = match missing {
            Some(missing) => missing.to_string(),
            None if denied > 0 => {
                "not all of them are admitted, and which of them serves this entry is not known".to_owned()
            }
            None => return,
        };
        let open = segment.findings().iter().all(|f| f.code() != crate::checks::policy::admits_some::DOC.code());
        if missing == Some(&Missing::HostNetwork) && denied == 0 && open {
            // Nobody is turned away by the rules that were read, a node least of all.
            return;
        }
        let (name, shown) = (self.name, self.port());
        let gap = Gap::investigate(format!("whether the pods of {name} are admitted"), why.clone());
        let message = format!("it cannot be decided whether the pods of {name} may connect to {shown}: {why}");
        let finding = undecidable::DOC.finding(&gap, self.view.service.object(), message);
        segment.add(words::blame(finding, because, self.view.namespace()));
    }

    fn denied(&self, denied: usize, all: usize, because: &[&Policy<'s>], segment: &mut Segment) {
        let Some(first) = because.first() else { return };
        let (name, shown) = (self.name, self.port());
        let fact = format!("does not let the pods of {name} connect to {shown}");
        let Some(proof) = words::shows(self.cluster, first, &fact) else { return };
        let policies = self.cluster.policies();
        let enforcement = &policies.plugins.enforcement;
        let object = first.object.clone();
        let finding = if denied < all {
            let message = format!(
                "the pods of {name} may not connect to {shown} in {denied} of {all} pairs of pods, \
                 if network policies are enforced"
            );
            partly_closed_to_controller::DOC.finding(&proof, object, message)
        } else if let (Enforcement::Enforced { .. }, true) = (enforcement, policies.other_systems_read()) {
            let message = format!("network policies do not let the pods of {name} connect to {shown}");
            closed_to_controller::DOC.finding(&proof, object, message)
        } else {
            let message =
                format!("network policies do not let the pods of {name} connect to {shown}, if they are enforced");
            closed_to_controller_if_enforced::DOC.finding(&proof, object, message)
        };
        let names: Vec<String> = because.iter().map(|policy| policy.object.to_string()).collect();
        let finding = finding.cause(format!(
            "{name} carries the requests of this entry to the pods; {} its pods through. \
             Requests would be answered with an error of the controller.",
            words::policies_do(&names, "does not let", "do not let")
        ));
        segment.add(words::blame(finding, because, self.view.namespace()));
    }
}
