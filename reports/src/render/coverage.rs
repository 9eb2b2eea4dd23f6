//! The coverage of a snapshot, folded so that forty kinds in a thousand namespaces stay readable.

use std::collections::{BTreeMap, BTreeSet};

use super::assumptions::Assumptions;
use crate::report::{Coverage, CoverageState};

/// Rows of one kind that share state and reason.
#[derive(Debug, Clone)]
pub(crate) struct Group<'a> {
    pub(crate) kind: &'a str,
    pub(crate) state: CoverageState,
    pub(crate) reason: &'a str,
    /// Empty for the whole cluster.
    pub(crate) namespaces: Vec<&'a str>,
    /// The row for the whole cluster is among them.
    pub(crate) cluster_wide: bool,
    /// Rows of the same kind speak of namespaces by themselves, so that the row for the whole cluster
    /// speaks of the others.
    pub(crate) elsewhere: bool,
    pub(crate) objects: usize,
}

impl Group<'_> {
    /// `in the whole cluster`, `in shop, infra and 12 more namespaces`.
    pub(crate) fn scope(&self, at_most: usize) -> String {
        let mut parts: Vec<String> = Vec::new();
        if self.cluster_wide {
            parts.push(if self.elsewhere { "every other namespace" } else { "the whole cluster" }.to_owned());
        }
        parts.extend(self.namespaces.iter().take(at_most).map(|namespace| (*namespace).to_owned()));
        let left = self.namespaces.len().saturating_sub(at_most);
        if left > 0 {
            parts.push(super::words::plural(left, "more namespace", "more namespaces"));
        }
        super::words::join_and(&parts)
    }

    /// In words: `not collected`.
    pub(crate) const fn state_words(&self) -> &'static str {
        state_words(self.state)
    }
}

/// A coverage state in words.
pub(crate) const fn state_words(state: CoverageState) -> &'static str {
    match state {
        CoverageState::Complete => "complete",
        CoverageState::Partial => "partial",
        CoverageState::Forbidden => "forbidden",
        CoverageState::NotCollected => "not collected",
        CoverageState::NotServed => "not served",
    }
}

/// What a coverage state means for somebody who reads the report.
pub(crate) const fn meaning(state: CoverageState) -> &'static str {
    match state {
        CoverageState::Complete => "everything there is was read; 0 means looked, and there are none",
        CoverageState::Partial => "some objects were read, others may exist",
        CoverageState::Forbidden => "the collector was refused",
        CoverageState::NotCollected => "nobody looked: nothing is known",
        CoverageState::NotServed => "this cluster has no such kind",
    }
}

/// Folds rows that share kind, state and reason; the least known first, then by kind.
pub(crate) fn groups(rows: &[Coverage]) -> Vec<Group<'_>> {
    let namespaced: BTreeSet<&str> =
        rows.iter().filter(|row| row.namespace.is_some()).map(|row| row.kind.as_str()).collect();
    let mut folded: BTreeMap<(u8, &str, &str), Group<'_>> = BTreeMap::new();
    for row in rows {
        let group = folded.entry((rank(row.state), row.kind.as_str(), row.reason.as_str())).or_insert(Group {
            kind: &row.kind,
            state: row.state,
            reason: &row.reason,
            namespaces: Vec::new(),
            cluster_wide: false,
            elsewhere: namespaced.contains(row.kind.as_str()),
            objects: 0,
        });
        match &row.namespace {
            Some(namespace) => group.namespaces.push(namespace),
            None => group.cluster_wide = true,
        }
        group.objects += row.objects;
    }
    folded.into_values().collect()
}

/// Groups of what was not seen, or not wholly: forbidden, not collected, partial.
pub(crate) fn gaps(rows: &[Coverage]) -> Vec<Group<'_>> {
    let mut all = groups(rows);
    all.retain(|group| !matches!(group.state, CoverageState::Complete | CoverageState::NotServed));
    all
}

/// [`gaps`] without the kinds that are said to be assumed.
pub(crate) fn other_gaps<'a>(rows: &'a [Coverage], assumptions: &Assumptions<'_>) -> Vec<Group<'a>> {
    let mut all = gaps(rows);
    all.retain(|group| !assumptions.say(group.kind));
    all
}

/// Gaps that share state, scope and reason, whatever their kind.
#[derive(Debug, Clone)]
pub(crate) struct Merged<'a> {
    /// Kinds, in order.
    pub(crate) kinds: Vec<&'a str>,
    /// State and scope of all of them.
    pub(crate) first: Group<'a>,
    /// The reason, with `such` in place of the kind where there are several.
    pub(crate) reason: String,
}

/// [`other_gaps`], with kinds that are missing for the same reason in the same scope on one row.
pub(crate) fn merged_gaps<'a>(rows: &'a [Coverage], assumptions: &Assumptions<'_>) -> Vec<Merged<'a>> {
    let mut merged: Vec<(String, Merged<'_>)> = Vec::new();
    for gap in other_gaps(rows, assumptions) {
        let kind = gap.kind.rsplit('/').next().unwrap_or(gap.kind);
        let reason = gap.reason.replace(gap.kind, "such").replace(kind, "such");
        let like = |(other, m): &&mut (String, Merged<'_>)| {
            *other == reason
                && m.first.state == gap.state
                && m.first.cluster_wide == gap.cluster_wide
                && m.first.elsewhere == gap.elsewhere
                && m.first.namespaces == gap.namespaces
        };
        if let Some((reason, found)) = merged.iter_mut().find(like) {
            found.kinds.push(gap.kind);
            found.reason.clone_from(reason);
        } else {
            let own = gap.reason.to_owned();
            merged.push((reason, Merged { kinds: vec![gap.kind], first: gap, reason: own }));
        }
    }
    merged.into_iter().map(|(_, m)| m).collect()
}

const fn rank(state: CoverageState) -> u8 {
    match state {
        CoverageState::Forbidden => 0,
        CoverageState::NotCollected => 1,
        CoverageState::Partial => 2,
        CoverageState::NotServed => 3,
        CoverageState::Complete => 4,
    }
}
