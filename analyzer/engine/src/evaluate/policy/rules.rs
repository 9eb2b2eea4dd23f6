//! Policies and rules that do nothing, and ports they name by mistake.

use crate::checks::policy::{
    inactive_rules, peers_match_no_pod, port_no_pod_has, selects_nothing, service_port_in_rule, words,
};
use crate::evaluate::Cluster;
use crate::evaluate::policy::targets::Target;
use crate::policy::{Direction, PodEnd, Policy, Protocol};
use crate::resolve::service::ServiceView;
use kubereach_model::evidence::Segment;
use kubereach_model::evidence::command;
use kubereach_model::field;
use kubereach_model::snapshot::model::ServicePort;

/// The pods behind one port and where to say what was found.
struct Rules<'a, 's> {
    cluster: &'a Cluster<'s>,
    view: &'a ServiceView<'s>,
    port: &'a ServicePort,
    targets: &'a [Target<'s>],
    pods: Vec<&'a PodEnd<'s>>,
}

/// Adds what is to be said about the rules. It never changes the state of the path.
pub(crate) fn notes<'s>(
    cluster: &Cluster<'s>,
    view: &ServiceView<'s>,
    port: &ServicePort,
    targets: &[Target<'s>],
    segment: &mut Segment,
) {
    let policies = &cluster.policies().policies;
    if policies.is_empty() {
        return;
    }
    let pods: Vec<&PodEnd<'s>> = targets.iter().filter_map(|target| target.end.pod()).collect();
    let mut indexes: Vec<u32> = Vec::new();
    for pod in &pods {
        let selection = policies.select(pod);
        indexes.extend(Direction::BOTH.iter().flat_map(|d| selection.of(*d)).map(|(index, _)| *index));
    }
    indexes.sort_unstable();
    indexes.dedup();
    let rules = Rules { cluster, view, port, targets, pods };
    for index in indexes {
        let Some(policy) = policies.get(index) else { continue };
        inactive(policy, segment);
        rules.unnamed(policy, segment);
        rules.service_port(policy, segment);
        rules.peers(index, policy, segment);
    }
    rules.selects_nothing(segment);
}

/// Rules of a direction that `policyTypes` leaves out.
fn inactive(policy: &Policy<'_>, segment: &mut Segment) {
    for direction in Direction::BOTH {
        let count = policy.inactive_rules(direction);
        if count == 0 {
            continue;
        }
        let (word, plural) = (direction.word(), if count == 1 { "" } else { "s" });
        let does = if count == 1 { "does" } else { "do" };
        let message =
            format!("{count} {word} rule{plural} of this policy {does} nothing: its policyTypes leaves {word} out");
        let finding = inactive_rules::DOC
            .finding(policy.object.clone(), message)
            .at(policy.origin, field!["spec", "policyTypes"])
            .next("Name the direction in policyTypes, or remove the rules.", command::describe(&policy.object));
        segment.add(finding);
    }
}

impl<'s> Rules<'_, 's> {
    /// Named ports that none of the pods declares.
    fn unnamed(&self, policy: &Policy<'s>, segment: &mut Segment) {
        let unnamed = policy.ports_no_pod_has(&self.pods);
        let Some((rule, _)) = unnamed.first() else { return };
        let names: Vec<String> = unnamed.iter().map(|(_, name)| (*name).to_owned()).collect();
        let message = format!(
            "no pod behind {} has a port named {}, as a rule of this policy asks",
            self.view.name(),
            words::list(&names)
        );
        let finding = port_no_pod_has::DOC
            .finding(policy.object.clone(), message)
            .at(policy.origin, field!["spec", "ingress", *rule, "ports"])
            .next("Name a port that the pods declare, or its number.", command::describe(&policy.object));
        segment.add(finding);
    }

    /// The Service's port in a rule, where the pods listen on another one.
    fn service_port(&self, policy: &Policy<'s>, segment: &mut Segment) {
        let (Some(own), Some(protocol)) = (self.port.port.known().copied(), Protocol::of(&self.port.protocol)) else {
            return;
        };
        let listens: Vec<u16> = self.targets.iter().filter_map(|target| target.port).collect();
        if listens.is_empty() || listens.len() != self.targets.len() || listens.contains(&own) {
            return;
        }
        let declared = self.pods.iter().flat_map(|pod| pod.spec.serving_containers()).flat_map(|c| &c.ports);
        let mut declared = declared.filter(|p| p.protocol == protocol.word());
        // A masked number may be the one.
        if declared.any(|p| p.container_port.known().is_none_or(|number| *number == own)) {
            return;
        }
        let named = policy.ports_by_number().into_iter().find(|(_, p, number)| *p == protocol && *number == own);
        let Some((rule, ..)) = named else { return };
        let first = listens.first().copied();
        let message = format!(
            "ingress rule {} names port {own}, which is the port of Service {}; policies see the pods' own port, {}",
            rule + 1,
            self.view.name(),
            words::port(first, protocol.word())
        );
        let finding = service_port_in_rule::DOC
            .finding(policy.object.clone(), message)
            .at(policy.origin, field!["spec", "ingress", rule, "ports"])
            .next("Name the port on which the pods listen.", command::describe(&policy.object));
        segment.add(finding);
    }

    /// Rules whose peers are nobody at present.
    fn peers(&self, index: u32, policy: &Policy<'s>, segment: &mut Segment) {
        let ineffective = self.cluster.policies().ineffective();
        for direction in Direction::BOTH {
            let count = policy.rule_count(direction).unwrap_or(0);
            let dead: Vec<usize> = (0..count).filter(|rule| ineffective.rule(index, direction, *rule)).collect();
            let Some(first) = dead.first().copied() else { continue };
            let word = direction.word();
            let shown: Vec<String> = dead.iter().map(|rule| (rule + 1).to_string()).collect();
            let message = format!(
                "no pod at present is a peer of {word} rule{} {} of this policy: {} let{} nobody through",
                if dead.len() == 1 { "" } else { "s" },
                words::list(&shown),
                if dead.len() == 1 { "it" } else { "they" },
                if dead.len() == 1 { "s" } else { "" },
            );
            let finding = peers_match_no_pod::DOC
                .finding(policy.object.clone(), message)
                .at(policy.origin, field!["spec", word, first])
                .next(
                    "Compare the labels of the rule with those of the pods that are meant.",
                    command::describe(&policy.object),
                );
            segment.add(finding);
        }
    }

    /// Policies of the namespace that select nobody, where they may have been meant for these pods.
    fn selects_nothing(&self, segment: &mut Segment) {
        let view = self.cluster.policies();
        for policy in
            view.ineffective().policies(self.view.namespace()).iter().filter_map(|index| view.policies.get(*index))
        {
            let keys = policy.selector_keys();
            if !self.pods.iter().any(|pod| keys.iter().any(|key| pod.labels.contains_key(*key))) {
                continue;
            }
            let finding = selects_nothing::DOC
                .finding(policy.object.clone(), "this policy selects no pod at present and isolates nobody")
                .at(policy.origin, field!["spec", "podSelector"])
                .next("Compare its podSelector with the labels of the pods.", command::describe(&policy.object));
            segment.add(finding);
        }
    }
}
