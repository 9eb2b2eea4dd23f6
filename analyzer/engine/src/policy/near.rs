//! Rules that nearly let a connection through: what to change in them.

use super::answer::{Answer, Direction, Truth};
use super::ends::ServiceEnd;
use super::set::{Connection, Policies, Selection};
use super::side::Verdict;

/// A rule that would let a connection through, were it not for one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// The policy's number.
    pub policy: u32,
    /// The end whose policy it is.
    pub direction: Direction,
    /// The rule.
    pub rule: usize,
    /// What it does instead, after the words `rule egress[0]`.
    pub text: String,
}

impl<'s> Policies<'s> {
    /// Rules that nearly let through what the verdict denies. `service` is the Service that leads there, if one does.
    pub(super) fn near_misses(
        &self,
        connection: &Connection<'_, 's>,
        verdict: &Verdict<'s>,
        selections: [&Selection<'s>; 2],
        service: Option<&ServiceEnd<'s>>,
    ) -> Vec<NearMiss> {
        let [from, to] = selections;
        let sides = [(Direction::Egress, &verdict.egress, from), (Direction::Ingress, &verdict.ingress, to)];
        let denied = sides.into_iter().filter(|(_, side, _)| side.answer == Answer::Denied);
        denied
            .flat_map(|(direction, _, selection)| self.near_misses_at(connection, direction, selection, service))
            .collect()
    }

    /// The same of the policies of one end, which denies it.
    pub fn near_misses_at(
        &self,
        connection: &Connection<'_, 's>,
        direction: Direction,
        selection: &Selection<'s>,
        service: Option<&ServiceEnd<'s>>,
    ) -> Vec<NearMiss> {
        let mut found: Vec<NearMiss> = Vec::new();
        let Some(pod) = connection.ends(direction).0.pod() else { return found };
        let asked = connection.asked(direction, pod, &self.options);
        for (index, _) in selection.of(direction).iter().filter(|(_, selected)| *selected == Truth::Yes) {
            let Some(policy) = self.get(*index) else { continue };
            policy.rules.near_misses(&asked, service, &mut |rule, text| {
                let near = NearMiss { policy: *index, direction, rule, text };
                if !found.contains(&near) {
                    found.push(near);
                }
            });
        }
        found
    }
}
