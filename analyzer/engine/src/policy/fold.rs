//! The fold over policies of one end: tiers in their order, priorities within them, outcomes as sets.

use std::collections::BTreeSet;

use super::admin::{Api, Tier};
use super::answer::{Answer, Missing, Outcomes, PolicyAnswer};
use super::core::Asked;
use super::set::{Policies, Policy, PolicyKind, Reason, Rules, Selection, SideAnswer};

impl<'s> Policies<'s> {
    pub(super) fn fold(&self, asked: &Asked<'_, 's>, selection: &Selection<'s>) -> SideAnswer<'s> {
        let mut core = Vec::new();
        let mut tiers: [Vec<Reason<'s>>; 2] = [Vec::new(), Vec::new()];
        for (index, selected) in selection.of(asked.direction) {
            let Some(reason) = self.ask(*index, asked, *selected) else { continue };
            match self.get(*index).map(Policy::kind) {
                Some(PolicyKind::Core) => core.push(reason),
                Some(PolicyKind::Admin(Tier::Admin, _)) => tiers[0].push(reason),
                Some(PolicyKind::Admin(Tier::Baseline, _)) => tiers[1].push(reason),
                None => {}
            }
        }
        let [admin, baseline] = tiers;
        let mut fold = Fold { possible: Outcomes::EMPTY, reasons: Vec::new(), missing: BTreeSet::new() };
        // What goes on to the next tier: nobody matched, or a rule passed it on.
        let on = Outcomes::NONE.or(Outcomes::PASS);
        let first = self.tier(&admin, &mut fold);
        fold.possible = fold.possible.or(first.without(on));
        if first.may(on) {
            let second = core_tier(&core, &mut fold);
            fold.possible = fold.possible.or(second.without(on));
            if second.may(on) {
                let third = self.tier(&baseline, &mut fold);
                fold.possible = fold.possible.or(third.without(on));
                if third.may(on) {
                    fold.possible = fold.possible.or(Outcomes::ALLOW);
                }
            }
        }
        fold.finish()
    }

    /// One tier of admin policies, by priority. Each API by itself; the two together only where they agree.
    fn tier(&self, answers: &[Reason<'s>], fold: &mut Fold<'s>) -> Outcomes {
        let mut result: Option<Outcomes> = None;
        for api in [Api::V1Alpha1, Api::Cluster] {
            let mut of_api: Vec<(Option<i64>, &Reason<'s>)> = answers
                .iter()
                .filter_map(|reason| match &self.get(reason.policy)?.rules {
                    Rules::Admin(admin) if admin.api == api => Some((admin.priority, reason)),
                    _ => None,
                })
                .collect();
            of_api.sort_by_key(|(priority, _)| *priority);
            let outcomes = by_priority(&of_api, fold);
            result = match result {
                None => Some(outcomes),
                Some(first) if first == Outcomes::NONE => Some(outcomes),
                Some(first) if outcomes == Outcomes::NONE || outcomes == first => Some(first),
                Some(first) => {
                    fold.missing.insert(Missing::MixedApis);
                    Some(first.or(outcomes))
                }
            };
        }
        result.unwrap_or(Outcomes::NONE)
    }
}

struct Fold<'s> {
    possible: Outcomes,
    reasons: Vec<Reason<'s>>,
    missing: BTreeSet<Missing<'s>>,
}

impl<'s> Fold<'s> {
    fn note(&mut self, reason: &Reason<'s>) {
        if let PolicyAnswer::Undecidable { missing, .. } = reason.answer {
            self.missing.insert(missing);
        }
        self.reasons.push(*reason);
    }

    fn finish(self) -> SideAnswer<'s> {
        let answer = match (self.possible.may(Outcomes::ALLOW), self.possible.may(Outcomes::DENY)) {
            (true, false) => Answer::Allowed,
            (false, true) => Answer::Denied,
            _ => Answer::Unknown,
        };
        let decided = |reason: &Reason<'s>| match answer {
            Answer::Allowed => {
                matches!(reason.answer, PolicyAnswer::Admits { .. } | PolicyAnswer::Passes { .. })
            }
            Answer::Denied => matches!(
                reason.answer,
                PolicyAnswer::DoesNotAdmit | PolicyAnswer::Denies { .. } | PolicyAnswer::Passes { .. }
            ),
            Answer::Unknown => true,
        };
        let settles = self.reasons.iter().copied().filter(|b| decided(b)).collect();
        SideAnswer {
            answer,
            reasons: settles,
            missing: if answer == Answer::Unknown { self.missing } else { BTreeSet::new() },
        }
    }
}

/// Lower priorities first; equal ones settle only what they agree on.
fn by_priority<'s>(answers: &[(Option<i64>, &Reason<'s>)], fold: &mut Fold<'s>) -> Outcomes {
    let mut possible = Outcomes::EMPTY;
    for equal in answers.chunk_by(|a, b| a.0 == b.0) {
        let mut union = Outcomes::EMPTY;
        let mut all_may_skip = true;
        for (priority, reason) in equal {
            let outcomes = reason.answer.outcomes();
            if outcomes == Outcomes::NONE {
                continue;
            }
            fold.note(reason);
            if priority.is_none() {
                // Without its priority it may come before or after any other.
                fold.missing.insert(Missing::Form);
                possible = possible.or(outcomes.without(Outcomes::NONE));
                continue;
            }
            union = union.or(outcomes.without(Outcomes::NONE));
            all_may_skip &= outcomes.may(Outcomes::NONE);
        }
        if equal.len() > 1 && !union.is_empty() && !union.is_settled() {
            fold.missing.insert(Missing::EqualPriorities);
        }
        possible = possible.or(union);
        if !all_may_skip {
            return possible;
        }
    }
    possible.or(Outcomes::NONE)
}

/// Core policies have no order: any that admits settles it; who is isolated and not admitted is denied.
fn core_tier<'s>(answers: &[Reason<'s>], fold: &mut Fold<'s>) -> Outcomes {
    if let Some(admits) = answers.iter().find(|b| b.answer.outcomes() == Outcomes::ALLOW) {
        fold.note(admits);
        return Outcomes::ALLOW;
    }
    let mut possible = Outcomes::EMPTY;
    let mut none_applies = true;
    for reason in answers {
        let outcomes = reason.answer.outcomes();
        if outcomes == Outcomes::NONE {
            continue;
        }
        fold.note(reason);
        possible = possible.or(outcomes.without(Outcomes::NONE));
        none_applies &= outcomes.may(Outcomes::NONE);
    }
    if none_applies { possible.or(Outcomes::NONE) } else { possible }
}
