//! Rules of the policies that select the pods, which do nothing.

use super::targets::Target;
use super::{inactive_rules, port_no_pod_has, words};
use crate::checks::command;
use crate::evidence::Stretch;
use crate::field;
use crate::paths::World;
use crate::paths::service::ServiceView;
use crate::policy::{Direction, PodEnd};

/// Adds what is to be said about the rules. It never changes the state of the path.
pub(super) fn notes<'s>(world: &World<'s>, view: &ServiceView<'s>, targets: &[Target<'s>], stretch: &mut Stretch) {
    let policies = &world.policies().policies;
    let pods: Vec<&PodEnd<'s>> = targets.iter().filter_map(|target| target.end.pod()).collect();
    let mut indexes: Vec<u32> = pods
        .iter()
        .flat_map(|pod| {
            let selection = policies.select(pod);
            Direction::BOTH
                .iter()
                .flat_map(|d| selection.of(*d).iter().map(|(i, _)| *i).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        })
        .collect();
    indexes.sort_unstable();
    indexes.dedup();
    for policy in indexes.into_iter().filter_map(|index| policies.get(index)) {
        for direction in Direction::BOTH {
            let count = policy.inactive_rules(direction);
            if count > 0 {
                let message = format!(
                    "{count} {} rule{} of this policy do nothing: its policyTypes leaves {} out",
                    direction.word(),
                    if count == 1 { "" } else { "s" },
                    direction.word()
                );
                let finding = inactive_rules::PAGE
                    .finding(policy.object.clone(), message)
                    .at(policy.origin, field!["spec", "policyTypes"])
                    .next("Name the direction in policyTypes, or remove the rules.", command::describe(&policy.object));
                stretch.add(finding);
            }
        }
        let unnamed = policy.ports_no_pod_has(&pods);
        if !unnamed.is_empty() {
            let names: Vec<String> = unnamed.iter().map(|(_, name)| (*name).to_owned()).collect();
            let message = format!(
                "no pod behind {} has a port named {}, as a rule of this policy asks",
                view.name(),
                words::list(&names)
            );
            let rule = unnamed.first().map_or(0, |(rule, _)| *rule);
            let finding = port_no_pod_has::PAGE
                .finding(policy.object.clone(), message)
                .at(policy.origin, field!["spec", "ingress", rule, "ports"])
                .next("Name a port that the pods declare, or its number.", command::describe(&policy.object));
            stretch.add(finding);
        }
    }
}
