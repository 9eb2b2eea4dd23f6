//! Findings by id.

use std::collections::{HashMap, HashSet};

use crate::report::{Effect, Finding, Report, Subject};

/// Looks findings up by the ids that subjects, paths and segments carry.
pub(crate) struct Findings<'a>(HashMap<&'a str, &'a Finding>);

impl<'a> Findings<'a> {
    /// The findings of one report.
    pub(crate) fn of(report: &'a Report) -> Self {
        Self(report.findings.iter().map(|finding| (finding.id.as_str(), finding)).collect())
    }

    /// The finding with this id; an id that the report does not define gives nothing.
    pub(crate) fn get(&self, id: &str) -> Option<&'a Finding> {
        self.0.get(id).copied()
    }

    /// Those of `ids` that exist, in their order.
    pub(crate) fn all(&self, ids: &[String]) -> Vec<&'a Finding> {
        ids.iter().filter_map(|id| self.get(id)).collect()
    }

    /// Every finding a subject names anywhere, each once: its own first, then those of its segments,
    /// then those of the entries in front of it.
    pub(crate) fn of_subject(&self, subject: &Subject) -> Vec<&'a Finding> {
        let of_segments = subject.paths.iter().flat_map(|path| &path.segments).flat_map(|segment| &segment.findings);
        let mut seen = HashSet::new();
        subject
            .findings
            .iter()
            .chain(of_segments)
            .chain(&subject.entry_problems)
            .filter_map(|id| self.get(id))
            .filter(|finding| seen.insert(finding.id.as_str()))
            .collect()
    }

    /// The finding that explains a subject best: its first one that does more than note, else none.
    /// The order is the report's own.
    pub(crate) fn culprit(&self, subject: &Subject) -> Option<&'a Finding> {
        let first = || subject.findings.iter().filter_map(|id| self.get(id)).find(|f| f.effect != Effect::Notes);
        subject.primary.as_deref().and_then(|id| self.get(id)).or_else(first)
    }
}
