//! What is left of a subject's verdict without what was accepted.
//!
//! The rule: take the carrying paths and remove the suppressed findings. A segment whose state rested on
//! them alone has nothing to say any more, and a path whose own break was accepted is passed by: it counts
//! neither as open nor as blocked, so that accepting one path's break never makes the rest look better than
//! it is. The same fold as everywhere is made of the paths that are left; what else is wrong with a path
//! that was passed by still counts for itself. The result is never
//! worse than the true verdict, and a verdict that live traffic gave is never softened: suppressions are
//! about the configuration.

use std::collections::HashSet;

use kubereach_reports::report::{Effect, Finding, Path, PathState, Report, Segment, Subject, Verdict};

use super::checks::Ungated;

/// The verdict as the gate sees it; none where everything that spoke against the subject was accepted.
pub fn effective(subject: &Subject, report: &Findings<'_>) -> Option<Verdict> {
    let true_word = subject.verdict;
    let from_config = subject.config.word() == true_word.word();
    if !from_config || !matches!(true_word, Verdict::Broken | Verdict::Degraded | Verdict::Unknown) {
        return Some(true_word);
    }
    let carrying: Vec<&Path> = subject.paths.iter().filter(|path| !path.dormant).collect();
    if carrying.is_empty() {
        // Left with paths that rest on purpose: accepted if what says so is.
        let speaks = |path: &Path| !matches!(left_of(path, report), Left::PassedBy(_));
        return (subject.paths.is_empty() || subject.paths.iter().any(speaks)).then_some(true_word);
    }
    let (mut untouched, mut passed_by) = (Vec::new(), Vec::new());
    for path in carrying {
        match left_of(path, report) {
            Left::Untouched(state) => untouched.push(state),
            Left::PassedBy(state) => passed_by.push(state),
        }
    }
    let of_others = passed_by.into_iter().filter_map(|state| word_of(&[state])).min();
    // The order of the words is worst first: the worse of the two, and never worse than the truth.
    let word = [word_of(&untouched), of_others].into_iter().flatten().min();
    word.map(|word| word.max(true_word))
}

/// The fold over the paths of a subject (`docs/design.md#segments-start-unknown`);
/// none where nothing speaks against the paths.
fn word_of(states: &[PathState]) -> Option<Verdict> {
    let blocked = states.iter().filter(|state| **state == PathState::Blocked).count();
    if blocked > 0 && blocked == states.len() {
        Some(Verdict::Broken)
    } else if blocked > 0 {
        Some(Verdict::Degraded)
    } else if states.contains(&PathState::Unknown) {
        Some(Verdict::Unknown)
    } else if states.contains(&PathState::Narrowed) {
        Some(Verdict::Degraded)
    } else {
        None
    }
}

/// The suppressed findings of a report, by id and effect.
#[derive(Debug)]
pub struct Findings<'r> {
    effects: std::collections::HashMap<&'r str, Effect>,
    suppressed: HashSet<&'r str>,
}

impl<'r> Findings<'r> {
    /// Those of this report.
    pub fn of(report: &'r Report) -> Self {
        Self::from_list(&report.findings)
    }

    /// Those of this list.
    pub fn from_list(findings: &'r [Finding]) -> Self {
        Self {
            effects: findings.iter().map(|f| (f.id.as_str(), f.effect)).collect(),
            suppressed: findings.iter().filter(|f| f.suppressed.is_some()).map(|f| f.id.as_str()).collect(),
        }
    }

    /// Those of this list; findings of these checks never trip the gate and count as accepted.
    pub fn without(findings: &'r [Finding], ungated: &[Ungated]) -> Self {
        let mut all = Self::from_list(findings);
        let passed_by = findings.iter().filter(|f| ungated.iter().any(|u| u.code == f.code));
        all.suppressed.extend(passed_by.map(|f| f.id.as_str()));
        all
    }

    /// Was the finding with this id accepted?
    pub fn is_suppressed(&self, id: &str) -> bool {
        self.suppressed.contains(id)
    }

    /// Of the findings with this effect: are there any, and were all of them accepted?
    fn accepted(&self, segment: &Segment, effect: Effect) -> bool {
        let mut of_effect =
            segment.findings.iter().filter(|id| self.effects.get(id.as_str()) == Some(&effect)).peekable();
        of_effect.peek().is_some() && of_effect.all(|id| self.suppressed.contains(id.as_str()))
    }

    fn any(&self, segment: &Segment, effect: Effect) -> bool {
        segment
            .findings
            .iter()
            .any(|id| self.effects.get(id.as_str()) == Some(&effect) && !self.suppressed.contains(id.as_str()))
    }
}

/// What is left of a path without its suppressed findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Nothing that was accepted matters to it, or something else blocks it all the same.
    Untouched(PathState),
    /// What was in its way was accepted; this is left, and it is not blocked.
    PassedBy(PathState),
}

fn left_of(path: &Path, findings: &Findings<'_>) -> Left {
    let mut accepted = false;
    let mut worst = PathState::Open;
    for segment in &path.segments {
        // A segment that does not count in its path's fold (policy that nobody evaluates) is no worse here.
        if segment.state < path.config {
            continue;
        }
        let unless = |effect, state, otherwise| if findings.any(segment, effect) { state } else { otherwise };
        let narrowed = unless(Effect::Narrows, PathState::Narrowed, PathState::Open);
        let left = match segment.state {
            PathState::Blocked if findings.accepted(segment, Effect::Blocks) => {
                accepted = true;
                unless(Effect::Inconclusive, PathState::Unknown, narrowed)
            }
            PathState::Unknown if findings.accepted(segment, Effect::Inconclusive) => {
                accepted = true;
                narrowed
            }
            PathState::Narrowed if findings.accepted(segment, Effect::Narrows) => {
                accepted = true;
                PathState::Open
            }
            // Unknown because nobody looked, behind a path that is blocked or narrowed for another reason.
            PathState::Unknown if path.config != PathState::Unknown && !findings.any(segment, Effect::Inconclusive) => {
                PathState::Open
            }
            state => state,
        };
        worst = worst.min(left);
    }
    if accepted && worst > path.config {
        Left::PassedBy(worst)
    } else {
        // Its state may rest on something that no finding says: it stands.
        Left::Untouched(path.config)
    }
}
