//! What subjects would be if what was not read held nothing that is in the way: judged so, not guessed.

use std::collections::HashMap;

use kubereach_reports::report::{Cause, Summary, Verdict};

use crate::judgement::Judged;

/// Judging again costs as much as judging did: those kinds for which most subjects wait are asked about, so that a dump
/// which lacks everything takes at most this many times as long.
const MOST: usize = 2;

/// Judges the cluster of this name again, with these kinds taken as absent where they were not read.
pub type Again<'a> = dyn Fn(Option<&str>, &str) -> Option<Vec<Judged>> + 'a;

/// Fills in what the subjects of the gravest gaps would be.
pub fn weigh(causes: &mut [Cause], again: &Again<'_>) {
    let mut gaps: Vec<(usize, String)> =
        causes.iter().enumerate().filter_map(|(index, cause)| Some((index, cause.missing.clone()?))).collect();
    gaps.sort_by_key(|(index, _)| std::cmp::Reverse(causes.get(*index).map_or(0, |cause| cause.subjects.len())));
    for (index, kind) in gaps.into_iter().take(MOST) {
        let Some(cause) = causes.get_mut(index) else { continue };
        let Some(judged) = again(cause.cluster.as_deref(), &kind) else { continue };
        let verdicts: HashMap<(&str, &str, &str, Option<&str>), Verdict> = judged
            .iter()
            .map(|judged| {
                let object = &judged.subject.object;
                let namespace = object.namespace.as_deref().unwrap_or_default();
                ((object.kind.as_str(), namespace, object.name.as_str(), object.group.as_deref()), judged.verdict)
            })
            .collect();
        let mut summary = Summary::default();
        for subject in &cause.subjects {
            let key =
                (subject.kind.as_str(), subject.namespace.as_str(), subject.name.as_str(), subject.group.as_deref());
            let verdict = verdicts.get(&key).copied().unwrap_or(subject.verdict);
            summary += Summary::one(verdict);
        }
        cause.otherwise = Some(summary);
    }
}
