//! The fold over policies of one end: tiers in their order, priorities within them, outcomes as sets.

use std::collections::BTreeSet;

use super::answer::{Answer, Missing, Outcomes, PolicyAnswer};
use super::engine::{Asked, Layer, Order, Priority};
use super::set::{Policies, Selection};
use super::side::{LayerAnswer, Reason, SideAnswer};

impl<'s> Policies<'s> {
    /// Every layer by itself; the connection has to get through all of them.
    pub(super) fn fold(&self, asked: &Asked<'_, 's>, selection: &Selection<'s>) -> SideAnswer<'s> {
        SideAnswer::of(Layer::ALL.map(|layer| self.fold_layer(layer, asked, selection)))
    }

    /// What one layer says.
    pub(super) fn fold_layer(&self, layer: Layer, asked: &Asked<'_, 's>, selection: &Selection<'s>) -> LayerAnswer<'s> {
        let mut tiers: Vec<Vec<Reason<'s>>> = vec![Vec::new(); self.ladder.rungs().len()];
        let mut nowhere = Vec::new();
        for (index, selected) in selection.of(asked.direction) {
            let Some(policy) = self.get(*index).filter(|policy| policy.tier.layer() == layer) else { continue };
            let Some(reason) = self.ask(*index, asked, *selected) else { continue };
            match self.ladder.place(policy.tier).and_then(|place| tiers.get_mut(place)) {
                Some(tier) => tier.push(reason),
                None => nowhere.push(reason),
            }
        }
        let mut fold = Fold { possible: Outcomes::EMPTY, reasons: Vec::new(), missing: BTreeSet::new() };
        // Of two systems that bring tiers only one is the plugin: what the other says may come to nothing.
        for reason in nowhere.iter().filter(|reason| reason.answer != PolicyAnswer::NotApplicable) {
            fold.note(reason);
            fold.missing.insert(Missing::MixedSystems);
            let decides = [Outcomes::ALLOW, Outcomes::DENY].into_iter().filter(|of| reason.answer.outcomes().may(*of));
            fold.possible = decides.fold(fold.possible, Outcomes::or);
        }
        // What goes on to the next tier: nobody matched, or a rule passed it on.
        let on = Outcomes::NONE.or(Outcomes::PASS);
        let mut goes_on = true;
        for (rung, reasons) in self.ladder.rungs().iter().zip(&tiers).filter(|(rung, _)| rung.tier.layer() == layer) {
            let outcomes = match rung.order {
                Order::AnyAdmits => any_admits(reasons, &mut fold),
                Order::ByPriority => self.by_priority(reasons, &mut fold),
                Order::InTurn { denies } => self.in_turn(reasons, denies, &mut fold),
            };
            fold.possible = fold.possible.or(outcomes.without(on));
            goes_on = outcomes.may(on);
            if !goes_on {
                break;
            }
        }
        if goes_on {
            fold.possible = fold.possible.or(Outcomes::ALLOW);
        }
        fold.finish()
    }

    /// By priority, each family by itself; two families together only where they agree.
    fn by_priority(&self, reasons: &[Reason<'s>], fold: &mut Fold<'s>) -> Outcomes {
        let priority = |reason: &Reason<'s>| self.get(reason.policy).map(|policy| policy.rules.priority());
        let mut ordered: Vec<(Priority, &Reason<'s>)> =
            reasons.iter().filter_map(|reason| Some((priority(reason)?, reason))).collect();
        ordered.sort_by_key(|(priority, _)| (priority.family, priority.number));
        let mut result = Outcomes::NONE;
        for family in ordered.chunk_by(|a, b| a.0.family == b.0.family) {
            let outcomes = family_by_priority(family, fold);
            result = if result == Outcomes::NONE {
                outcomes
            } else if outcomes == Outcomes::NONE || outcomes == result {
                result
            } else {
                fold.missing.insert(Missing::MixedApis);
                result.or(outcomes)
            };
        }
        result
    }

    /// One after the other, and at the end the tier itself. Those of one number have no order among them.
    fn in_turn(&self, reasons: &[Reason<'s>], denies: bool, fold: &mut Fold<'s>) -> Outcomes {
        let mut ordered: Vec<(Option<i64>, Outcomes, &Reason<'s>)> = reasons
            .iter()
            .filter_map(|reason| {
                let rules = &self.get(reason.policy)?.rules;
                Some((rules.priority().number, in_tier(reason, rules.denies_by_default()), reason))
            })
            .filter(|(_, outcomes, _)| *outcomes != Outcomes::NONE)
            .collect();
        ordered.sort_by_key(|(number, ..)| *number);
        let goes_on = Outcomes::NONE.or(Outcomes::END);
        let (mut possible, mut is_certain) = (Outcomes::EMPTY, false);
        let mut at_end: Vec<&Reason<'s>> = Vec::new();
        for equal in ordered.chunk_by(|a, b| a.0 == b.0) {
            let mut union = Outcomes::EMPTY;
            let mut all_may_go_on = true;
            for (number, outcomes, reason) in equal {
                let decides = outcomes.without(goes_on);
                if decides.is_empty() {
                    at_end.push(reason);
                } else {
                    fold.note(reason);
                }
                if number.is_none() {
                    // Without its number it may come before or after any other.
                    fold.missing.insert(Missing::Form);
                } else {
                    all_may_go_on &= outcomes.may(goes_on);
                }
                union = union.or(decides);
                is_certain |= !outcomes.may(Outcomes::NONE);
            }
            if equal.len() > 1 && !union.is_empty() && !union.is_settled() {
                fold.missing.insert(Missing::EqualPriorities);
            }
            possible = possible.or(union);
            if !all_may_go_on {
                return possible;
            }
        }
        if ordered.iter().any(|(_, outcomes, _)| outcomes.may(Outcomes::END)) {
            possible = possible.or(if denies { Outcomes::DENY } else { Outcomes::PASS });
            if denies {
                for reason in at_end {
                    fold.note(reason);
                }
            }
        }
        if is_certain { possible } else { possible.or(Outcomes::NONE) }
    }
}

/// What a policy says within a tier that has an end of its own: one that isolates whom it selects leaves the denial to it.
fn in_tier(reason: &Reason<'_>, isolates: bool) -> Outcomes {
    let outcomes = reason.answer.outcomes();
    match reason.answer {
        PolicyAnswer::DoesNotAdmit => Outcomes::END,
        PolicyAnswer::Undecidable { .. } if isolates && outcomes.may(Outcomes::DENY) => {
            outcomes.without(Outcomes::DENY).or(Outcomes::END)
        }
        _ if outcomes.may(Outcomes::VETO) => outcomes.without(Outcomes::VETO).or(Outcomes::DENY),
        _ => outcomes,
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

    fn finish(self) -> LayerAnswer<'s> {
        let answer = match (self.possible.may(Outcomes::ALLOW), self.possible.may(Outcomes::DENY)) {
            (true, false) => Answer::Allowed,
            (false, true) => Answer::Denied,
            _ => Answer::Unknown,
        };
        let decided = |reason: &Reason<'s>| match answer {
            Answer::Allowed => {
                matches!(reason.answer, PolicyAnswer::Admits { .. } | PolicyAnswer::Passes { .. })
            }
            Answer::Denied => {
                let turns_away = Outcomes::DENY.or(Outcomes::VETO);
                matches!(reason.answer, PolicyAnswer::Passes { .. })
                    || reason.answer.outcomes().without(turns_away).is_empty()
            }
            Answer::Unknown => true,
        };
        let settles = self.reasons.iter().copied().filter(|b| decided(b)).collect();
        LayerAnswer {
            answer,
            reasons: settles,
            missing: if answer == Answer::Unknown { self.missing } else { BTreeSet::new() },
        }
    }
}

/// Lower priorities first; equal ones settle only what they agree on.
fn family_by_priority<'s>(answers: &[(Priority, &Reason<'s>)], fold: &mut Fold<'s>) -> Outcomes {
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
            if priority.number.is_none() {
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

/// In no order: one that denies outright settles it, then any that admits; who is isolated and not admitted is denied.
fn any_admits<'s>(answers: &[Reason<'s>], fold: &mut Fold<'s>) -> Outcomes {
    if let Some(denies) = answers.iter().find(|b| matches!(b.answer, PolicyAnswer::Denies { .. })) {
        fold.note(denies);
        return Outcomes::DENY;
    }
    let may_deny = |reason: &&Reason<'s>| reason.answer.outcomes().may(Outcomes::VETO);
    if let Some(admits) = answers.iter().find(|b| b.answer.outcomes() == Outcomes::ALLOW) {
        fold.note(admits);
        let mut possible = Outcomes::ALLOW;
        for reason in answers.iter().filter(may_deny) {
            fold.note(reason);
            possible = possible.or(Outcomes::DENY);
        }
        return possible;
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
    if possible.may(Outcomes::VETO) {
        possible = possible.without(Outcomes::VETO).or(Outcomes::DENY);
    }
    if none_applies { possible.or(Outcomes::NONE) } else { possible }
}
