//! Dials as they are collected: equal ones become one that speaks for several paths.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kubereach_model::snapshot::is_masked;
use kubereach_prober::plan::{LeftOut, Span, Target};
use kubereach_prober::words::Segment;
use kubereach_reports::report::{Backend, PathState};
use kubereach_reports::secrets;

use super::PlannedPath;
use super::settles::settles;

/// How much a dial settles; what settles most is kept where not everything fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// The whole path, or the Service as its clients use it.
    Main,
    /// A part, or the same from another side.
    Detail,
}

/// A path a dial speaks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Speaks {
    /// A path that has the dial as its own comes before one that only leads there.
    leads: bool,
    id: String,
    settles: String,
    chosen: String,
    dial: String,
}

/// A dial and the paths it speaks for.
#[derive(Debug)]
pub(super) struct Draft {
    target: Target,
    speaks: BTreeSet<Speaks>,
    backends: BTreeSet<Backend>,
    choosing: bool,
    pub(super) weight: Weight,
    /// The most pressing state among its paths.
    pub(super) state: u8,
}

/// Every dial so far.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    all: Vec<Draft>,
    by_question: HashMap<String, usize>,
    left_out: BTreeSet<LeftOut>,
    /// Controls that single Services ask for, by id: addresses that carry nothing, names alone.
    pub(super) aside: BTreeMap<String, Target>,
}

impl Drafts {
    /// A dial that crosses the service only, or a door without rules.
    pub(super) fn add(&mut self, planned: &PlannedPath<'_>, target: Target, weight: Weight) {
        self.push(planned, target, weight, false, false);
    }

    /// A dial behind a path that only leads to the Service.
    pub(super) fn add_behind(&mut self, planned: &PlannedPath<'_>, target: Target, weight: Weight) {
        self.push(planned, target, weight, true, false);
    }

    /// A request at an entry with rules: which backend answers is the entry's choice.
    pub(super) fn add_request(&mut self, planned: &PlannedPath<'_>, target: Target) {
        self.push(planned, target, Weight::Main, false, true);
    }

    fn push(&mut self, planned: &PlannedPath<'_>, target: Target, weight: Weight, leads: bool, choosing: bool) {
        if let Some(why) = unsayable(&target) {
            self.leave_out(planned, &target.dial, why);
            return;
        }
        let settles = settles(planned.path);
        let speaks = Speaks {
            leads,
            id: planned.id.clone(),
            settles: secrets::mask(&settles).unwrap_or(settles),
            chosen: target.chosen.clone(),
            dial: target.dial.clone(),
        };
        let question = question(&target);
        let index = *self.by_question.entry(question).or_insert(self.all.len());
        if index == self.all.len() {
            self.all.push(Draft {
                target,
                speaks: BTreeSet::new(),
                backends: BTreeSet::new(),
                choosing: false,
                weight,
                state: u8::MAX,
            });
        }
        if let Some(draft) = self.all.get_mut(index) {
            draft.speaks.insert(speaks);
            draft.backends.extend(planned.path.key.backend.clone());
            draft.choosing |= choosing;
            draft.weight = draft.weight.min(weight);
            draft.state = draft.state.min(urgency(planned));
        }
    }

    /// Says why a dial is not made; an empty `dial` speaks for all of the path.
    pub(super) fn leave_out(&mut self, planned: &PlannedPath<'_>, dial: &str, why: impl Into<String>) {
        let why = why.into();
        let why = secrets::mask(&why).unwrap_or(why);
        self.left_out.insert(LeftOut { id: planned.id.clone(), dial: dial.to_owned(), why });
    }

    /// Every dial's target so far, as far as it is settled.
    pub(super) fn targets(&self) -> impl Iterator<Item = &Target> {
        self.all.iter().map(|draft| &draft.target)
    }

    /// The dials, finished, and what was left out.
    pub(super) fn finish(self) -> (Vec<(Weight, u8, Target)>, BTreeSet<LeftOut>) {
        let all = unsettled(self.all).into_iter().map(|draft| (draft.weight, draft.state, draft.finish())).collect();
        (all, self.left_out)
    }
}

/// One request goes to one backend. Where the rule leads to several, or several rules take the same request,
/// the answer does not tell whose it is: it speaks for all of them, and for nothing behind the rule.
fn unsettled(all: Vec<Draft>) -> Vec<Draft> {
    let mut done = Vec::with_capacity(all.len());
    let mut requests: BTreeMap<String, Vec<Draft>> = BTreeMap::new();
    for draft in all {
        if draft.choosing {
            let mut anywhere = draft.target.clone();
            anywhere.span = Span::new(draft.target.span.from, Segment::Rule);
            requests.entry(question(&anywhere)).or_default().push(draft);
        } else {
            done.push(draft);
        }
    }
    for mut same in requests.into_values() {
        let backends: BTreeSet<&Backend> = same.iter().flat_map(|draft| &draft.backends).collect();
        if backends.len() <= 1 {
            done.append(&mut same);
            continue;
        }
        // What ends before the rule ends there for good; the rest becomes one dial.
        let (mut short, mut long): (Vec<Draft>, Vec<Draft>) =
            same.into_iter().partition(|draft| draft.target.span.to < Segment::Rule);
        done.append(&mut short);
        let Some(mut first) = long.pop() else { continue };
        for draft in long {
            first.speaks.extend(draft.speaks);
            first.weight = first.weight.min(draft.weight);
            first.state = first.state.min(draft.state);
        }
        first.target.span.to = Segment::Rule;
        done.push(first);
    }
    done
}

impl Draft {
    fn finish(self) -> Target {
        let mut target = self.target;
        let mut speaks = self.speaks.into_iter();
        if let Some(first) = speaks.next() {
            target.id = first.id;
            target.settles = first.settles;
            target.chosen = first.chosen;
            target.dial = first.dial;
        }
        target.also = speaks.map(|s| s.id).filter(|id| *id != target.id).collect();
        target.also.sort();
        target.also.dedup();
        target
    }
}

/// A plan goes through many hands: what lets somebody in is not written into one, and a value that a collector masked
/// would ask for something else.
fn unsayable(target: &Target) -> Option<String> {
    for (name, value) in &target.headers {
        if is_masked(value) {
            return Some(format!("the value of the header {name} that the rule asks for was masked"));
        }
        if secrets::names_credential(name) || secrets::mask(value).is_some() {
            return Some(format!(
                "the rule asks for the header {name}, whose value lets somebody in: it is in no plan"
            ));
        }
    }
    let path = target.path.as_deref()?;
    if is_masked(path) {
        return Some("a part of the request's path was masked".to_owned());
    }
    secrets::mask(path).map(|_| "the request's path holds what may let somebody in: it is in no plan".to_owned())
}

/// What is unknown is pressing, then what is said to be broken or less than declared, then what is open only as far as
/// was read.
const fn urgency(planned: &PlannedPath<'_>) -> u8 {
    match (planned.state, planned.assumed) {
        (PathState::Unknown, _) => 0,
        (PathState::Blocked, _) => 1,
        (PathState::Narrowed, _) => 2,
        (PathState::Open, true) => 3,
        (PathState::Open, false) => 4,
    }
}

/// What is asked, without for whom and why: equal questions are asked once.
fn question(target: &Target) -> String {
    let mut bare = target.clone();
    for text in [&mut bare.id, &mut bare.dial, &mut bare.settles, &mut bare.chosen] {
        text.clear();
    }
    bare.also.clear();
    bare.relay = None;
    serde_json::to_string(&bare).unwrap_or_default()
}
