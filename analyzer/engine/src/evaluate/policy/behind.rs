//! The `policy` segment behind a Service port, where it is not known who connects.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use kubereach_reports::report::SegmentName;

use super::{egress, rules};
use crate::checks::policy::{
    admits_no_one, admits_no_one_if_enforced, admits_only_its_node, admits_some, foreign_policy, not_collected,
    not_enforced, some_pods_admit_no_one, undecidable, words,
};
use crate::evaluate::Cluster;
use crate::evaluate::policy::targets::{self, Target, is_untouched, kinds_of_targets};
use crate::evaluate::service::Consumer;
use crate::policy::cni::Enforcement;
use crate::policy::reach::port_words;
use crate::policy::{Answer, Connection, Direction, End, Missing, Protocol, Sided};
use crate::resolve::service::{PortView, ServiceView};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Finding, Segment};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::ServicePort;

/// What the policies of one pod say to a caller who is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Open<'s> {
    Anyone,
    Some,
    NoOne,
    Unclear(Missing<'s>),
}

fn open<'s>(side: &Sided<'s>) -> Open<'s> {
    match side.answer {
        Answer::Allowed => Open::Anyone,
        Answer::Denied => Open::NoOne,
        Answer::Unknown => match side.missing.iter().find(|m| **m != Missing::Caller) {
            Some(missing) => Open::Unclear(*missing),
            None => Open::Some,
        },
    }
}

/// Everything that was found about a port.
struct Facts<'a, 's> {
    cluster: &'a Cluster<'s>,
    view: &'a ServiceView<'s>,
    port: &'a ServicePort,
    protocol: Protocol,
    targets: &'a [Target<'s>],
    sides: Vec<Sided<'s>>,
    /// May a node be the one that connects?
    node_may_enter: bool,
}

/// The `policy` segment behind a port of a Service. `consumer` is who dials, as far as it is known.
pub fn behind<'s>(
    cluster: &Cluster<'s>,
    view: &ServiceView<'s>,
    port: &ServicePort,
    behind: &PortView<'_, 's>,
    consumer: Consumer,
) -> Arc<Segment> {
    let service = view.service.object();
    let mut segment = Segment::new(SegmentName::Policy, Some(service.clone()));
    let policies = cluster.policies();
    let protocol = Protocol::of(&port.protocol).unwrap_or(Protocol::Tcp);
    // Then nobody has to be asked: not one policy would answer.
    let untouched = is_untouched(cluster, port, behind) && policies.touches_none_in(view.namespace());
    let targets = if untouched { Vec::new() } else { kinds_of_targets(cluster, view, port, behind) };
    if targets.is_empty() && !untouched {
        segment.evaluated("no pod behind it that policies could be about");
        return Arc::new(segment);
    }
    // Policies select pods; what is surely none is nobody's subject.
    let may_be_pod = |target: &Target<'s>| !matches!(target.end, End::Address(_) | End::Node(_) | End::Outside);
    let unread =
        if untouched || targets.iter().any(may_be_pod) { policies.unread(view.namespace()) } else { Vec::new() };
    if !unread.is_empty() {
        // What was read of them proves nothing: another policy may admit what these do not.
        for unread in unread {
            segment.add(not_collected::finding(&unread, &service));
        }
        return Arc::new(segment);
    }
    let mut may_allow = false;
    for third_party in touching(cluster, &targets) {
        may_allow |= third_party.may_allow;
        let gap = Gap::investigate(
            format!("what {} says", third_party.object),
            format!("policies of {} are not evaluated", third_party.system),
        );
        let message = format!(
            "{} of {} may decide who is admitted, and is not evaluated",
            third_party.object, third_party.system
        );
        let finding = foreign_policy::DOC
            .finding(&gap, third_party.object.clone(), message)
            .at(third_party.found.get().origin, [])
            .next("Read the policy.", command::get(&third_party.object, "-o yaml"));
        segment.add(finding);
    }
    let anyone = End::Anyone;
    let sides: Vec<Sided<'s>> = targets
        .iter()
        .map(|target| {
            let selection = target.end.pod().map(|pod| policies.policies.select(pod)).unwrap_or_default();
            let connection = Connection { from: &anyone, to: &target.end, protocol, port: target.port };
            policies.policies.side(&connection, Direction::Ingress, &selection)
        })
        .collect();
    let node_may_enter =
        consumer != Consumer::ClusterIp || matches!(view.service.spec.kind.as_str(), "NodePort" | "LoadBalancer");
    let facts = Facts { cluster, view, port, protocol, targets: &targets, sides, node_may_enter };
    facts.judge(&mut segment, may_allow);
    egress::notes(cluster, view, &targets, &mut segment);
    rules::notes(cluster, view, port, &targets, &mut segment);
    Arc::new(segment)
}

/// Policies of other systems that may touch one of the pods, each once.
fn touching<'a, 's>(
    cluster: &'a Cluster<'s>,
    targets: &[Target<'s>],
) -> Vec<&'a crate::policy::third_party::ThirdParty<'s>> {
    let view = cluster.policies();
    if view.third_party.is_empty() {
        return Vec::new();
    }
    let mut found = BTreeMap::new();
    for pod in targets.iter().filter_map(|target| target.end.pod()) {
        for third_party in view.touching(pod, Direction::Ingress) {
            found.entry(third_party.object.clone()).or_insert(third_party);
        }
    }
    found.into_values().collect()
}

impl<'s> Facts<'_, 's> {
    fn judge(&self, segment: &mut Segment, may_allow: bool) {
        let states: Vec<Open<'s>> = self.sides.iter().map(open).collect();
        let weighed = || states.iter().zip(self.targets).map(|(state, target)| (state, target.count));
        let count = |wanted: fn(&Open<'s>) -> bool| weighed().filter(|(s, _)| wanted(s)).map(|(_, n)| n).sum::<usize>();
        let (all, closed) = (targets::count(self.targets), count(|s| *s == Open::NoOne));
        let missing = states.iter().find_map(|s| if let Open::Unclear(missing) = s { Some(missing) } else { None });
        let unclear = count(|s| matches!(s, Open::Unclear(_)));
        let some = count(|s| *s == Open::Some);
        let policies = self.policies();
        let enforcement = &self.cluster.policies().plugins.enforcement;
        segment.evaluated(self.evidence(closed, some, unclear, policies.len()));
        if let Enforcement::NotEnforced { by, proof } = enforcement {
            if closed + some + unclear > 0 {
                let message = format!(
                    "policies would restrict who may connect, but {by} does not enforce them: {}",
                    words::list(&names(&policies))
                );
                let finding = not_enforced::DOC.finding(self.view.service.object(), message).cause(proof.sentence());
                segment.add(words::blame(finding, &policies, self.view.namespace()));
            }
            return;
        }
        if let Some(missing) = missing {
            let what = format!("whether the policies admit traffic to {unclear} of {all} pods");
            let gap = Gap::investigate(what, missing.to_string());
            let message = format!("it cannot be decided whether the network policies admit traffic: {missing}");
            let finding = undecidable::DOC.finding(&gap, self.view.service.object(), message);
            segment.add(words::blame(finding, &policies, self.view.namespace()));
        }
        if some > 0 {
            segment.add(self.admits_some());
        }
        if closed > 0 && !may_allow {
            let finding =
                if closed == all { self.closed(enforcement, &policies) } else { self.partly(closed, all, &policies) };
            if let Some(finding) = finding {
                segment.add(finding);
            }
        }
    }

    fn policies(&self) -> Vec<&crate::policy::Policy<'s>> {
        words::policies(self.cluster, self.sides.iter().flat_map(|side| &side.because))
    }

    fn port_words(&self) -> String {
        words::port(self.targets.first().and_then(|t| t.port), self.protocol.word())
    }

    fn evidence(&self, closed: usize, some: usize, unclear: usize, deciding: usize) -> String {
        let all = targets::count(self.targets);
        let view = self.cluster.policies();
        let assumed = if view.assumes_complete(self.view.namespace()) {
            " (of the policies in the input)"
        } else if view.leaves_cluster_open(self.view.namespace()) {
            "; a policy that is only in the cluster may still decide"
        } else {
            ""
        };
        let from = if self.view.declared_only { "declared; " } else { "" };
        if closed + some + unclear > 0 {
            let open = all - closed - some - unclear;
            let parts: Vec<(usize, &str)> =
                [(open, "open to anyone"), (some, "open to some"), (closed, "closed"), (unclear, "undecided")]
                    .into_iter()
                    .filter(|(count, _)| *count > 0)
                    .collect();
            let by = words::list(&names(&self.policies()));
            let pods = match parts.as_slice() {
                [(1, word)] => format!("its one pod is {word}"),
                [(_, word)] => format!("its {all} pods are {word}"),
                several => {
                    let parts: Vec<String> = several.iter().map(|(count, word)| format!("{count} {word}")).collect();
                    format!("of its {all} pods: {}", parts.join(", "))
                }
            };
            format!("{from}{pods} (by {by}){assumed}")
        } else if deciding > 0 {
            let by = words::admitting(self.cluster, self.sides.iter().flat_map(|side| &side.because));
            let by = if by.is_empty() { String::new() } else { format!(": {}", words::list(&by)) };
            format!("{from}network policies admit anyone on {}{by}{assumed}", self.port_words())
        } else {
            format!("{from}no network policy restricts who may connect{assumed}")
        }
    }

    fn admits_some(&self) -> Finding {
        let mut whom = Vec::new();
        let view = self.cluster.policies();
        for (target, side) in self.targets.iter().zip(&self.sides) {
            if open(side) == Open::Some
                && let Some(pod) = target.end.pod()
            {
                for phrase in view.policies.admitted(pod, self.protocol, target.port) {
                    if !whom.contains(&phrase) {
                        whom.push(phrase);
                    }
                }
            }
        }
        let message = format!("only these may connect to {}: {}", self.port_words(), words::list(&whom));
        let policies = self.policies();
        let finding = admits_some::DOC.finding(self.view.service.object(), message).cause(format!(
            "The {} them and nobody else, where policies are enforced.",
            words::policies_do(&names(&policies), "admits", "admit")
        ));
        words::blame(finding, &policies, self.view.namespace()).next(
            "Read whom it admits; kubereach can answers for one client.",
            policies.first().map(|p| command::describe(&p.object)).unwrap_or_default(),
        )
    }

    /// Which ports the same policies do admit somebody on, and what that says about the mistake.
    fn cause(&self) -> String {
        let view = self.cluster.policies();
        let policies = self.policies();
        let mut cause = format!(
            "The {} the pods and no rule names this port.",
            words::policies_do(&names(&policies), "isolates", "isolate")
        );
        let Some(target) = self.targets.first() else { return cause };
        let runs = view.policies.ports(&End::Anyone, &target.end, self.protocol);
        let admitted: Vec<_> =
            runs.into_iter().map(|(run, a)| (run, if a == Answer::Denied { a } else { Answer::Allowed })).collect();
        if admitted.iter().any(|(_, a)| *a == Answer::Allowed) {
            let _ = write!(
                cause,
                " They do admit somebody on {} port {}.",
                self.protocol,
                port_words(&admitted, Answer::Allowed)
            );
            let own = self.port.port.known().copied();
            let named = own.filter(|own| {
                Some(*own) != target.port && admitted.iter().any(|(run, a)| run.contains(own) && *a == Answer::Allowed)
            });
            if let Some(own) = named {
                let _ = write!(
                    cause,
                    " {own} is the Service's port; policies see the pod's own port, which is {}.",
                    words::port(target.port, self.protocol.word())
                );
            }
        } else {
            cause.push_str(" They admit nobody on any port.");
        }
        cause
    }

    fn closed(&self, enforcement: &Enforcement, policies: &[&crate::policy::Policy<'s>]) -> Option<Finding> {
        let first = *policies.first()?;
        let fact = format!("isolates the pods and admits nobody on {}", self.port_words());
        let proof = words::shows(self.cluster, first, &fact)?;
        let object = first.object.clone();
        let finding = match enforcement {
            // What another system may add was not seen, or a node may be the one that connects.
            Enforcement::Enforced { .. } if self.node_may_enter => admits_only_its_node::DOC.finding(
                &proof,
                object,
                format!("network policies admit nobody on {} but the pod's own node", self.port_words()),
            ),
            Enforcement::Enforced { .. } if self.certain() => admits_no_one::DOC.finding(
                &proof,
                object,
                format!("network policies admit nobody on {}", self.port_words()),
            ),
            _ => admits_no_one_if_enforced::DOC.finding(
                &proof,
                object,
                format!("network policies admit nobody on {}, if they are enforced", self.port_words()),
            ),
        };
        let mut cause = self.cause();
        match enforcement {
            Enforcement::Enforced { by, .. } => {
                let _ = write!(cause, " {by} enforces policies here.");
            }
            Enforcement::NotEnforced { .. } => {}
            Enforcement::Unknown(gap) => {
                let _ = write!(cause, " Not known: {}.", gap.sentence());
            }
        }
        Some(words::blame(finding.cause(cause), policies, self.view.namespace()))
    }

    /// Nothing that was not read could let somebody in: every pod is known, the policies are all there.
    fn certain(&self) -> bool {
        let view = self.cluster.policies();
        let pods = self.targets.iter().all(|target| target.end.pod().is_some_and(|pod| !pod.is_template));
        pods && view.unread(self.view.namespace()).is_empty()
            && !view.assumes_complete(self.view.namespace())
            && view.other_systems_read()
    }

    fn partly(&self, closed: usize, all: usize, policies: &[&crate::policy::Policy<'s>]) -> Option<Finding> {
        let first = *policies.first()?;
        let proof = words::shows(self.cluster, first, "isolates some of the pods and admits nobody on this port")?;
        let message =
            format!("{closed} of {all} pods admit nobody on {}, if network policies are enforced", self.port_words());
        let finding = some_pods_admit_no_one::DOC.finding(&proof, first.object.clone(), message).cause(self.cause());
        Some(words::blame(finding, policies, self.view.namespace()))
    }
}

fn names(policies: &[&crate::policy::Policy<'_>]) -> Vec<String> {
    policies.iter().map(|policy| policy.object.name.clone()).collect()
}
