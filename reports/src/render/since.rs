//! Since when a finding is there, where a change was judged: brought by it, there before, or not known.

use std::collections::{HashMap, HashSet};

use crate::report::{Became, Change, ProblemChange, Report, Subject, SubjectChange};

/// Since when a finding is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// The change brings it.
    New,
    /// It was there, and the change brings it to further subjects.
    Further,
    /// It was there before.
    Before,
    /// Nobody could have seen it before, so nobody knows.
    Unseen,
    /// It was not compared.
    Unknown,
}

impl Since {
    /// `result.baselineState` of SARIF 2.1.0 (section 3.27.24); none where it is not known.
    pub(super) const fn baseline_state(self) -> Option<&'static str> {
        match self {
            Self::New => Some("new"),
            Self::Further => Some("updated"),
            Self::Before => Some("unchanged"),
            Self::Unseen | Self::Unknown => None,
        }
    }
}

/// Every finding of a report that is about a change; nothing for other reports.
pub(super) struct Ages<'r> {
    of: HashMap<&'r str, Since>,
    /// Findings of subjects that became worse, or came into sight.
    touched: HashSet<&'r str>,
}

type Name<'r> = (Option<&'r str>, &'r str, &'r str, &'r str);

impl<'r> Ages<'r> {
    /// None where no change was judged.
    pub(super) fn of(report: &'r Report) -> Option<Self> {
        let change = report.change.as_ref()?;
        let changed = by_name(change);
        let mut ages = Self { of: HashMap::new(), touched: HashSet::new() };
        let same = same_problem(report);
        for subject in &report.subjects {
            let name: Name<'_> = (subject.cluster.as_deref(), &subject.kind, &subject.namespace, &subject.name);
            let row = changed.get(&name).copied();
            if row.is_some_and(|row| matches!(row.became, Became::Introduced | Became::NewlySeen)) {
                ages.touched.extend(subject.findings.iter().map(String::as_str));
                ages.touched.extend(on_paths(subject, true));
            }
            let is_in = |id: &str, rows: &[ProblemChange]| {
                let mut ids = rows.iter().filter_map(|row| row.finding.as_deref());
                ids.any(|row| row == id || same.get(row).is_some_and(|key| same.get(id) == Some(key)))
            };
            for id in on_paths(subject, false) {
                let since = match row {
                    Some(row) if is_in(id, &row.introduced) => Since::New,
                    Some(row) if is_in(id, &row.newly_seen) => Since::Unseen,
                    _ => Since::Before,
                };
                let known = ages.of.entry(id).or_insert(since);
                *known = both(*known, since);
            }
        }
        ages.of.extend(change.findings.iter().map(|id| (id.as_str(), Since::New)));
        Some(ages)
    }

    /// Since when the finding with this id is there.
    pub(super) fn since(&self, id: &str) -> Since {
        self.of.get(id).copied().unwrap_or(Since::Unknown)
    }

    /// Is it worth an annotation on the change? What cannot be told is, where its subject became worse.
    pub(super) fn brought(&self, id: &str) -> bool {
        match self.since(id) {
            Since::New | Since::Further | Since::Unseen => true,
            Since::Before => false,
            Since::Unknown => self.touched.contains(id),
        }
    }
}

fn both(one: Since, other: Since) -> Since {
    match (one, other) {
        _ if one == other => one,
        (Since::New | Since::Further, _) | (_, Since::New | Since::Further) => Since::Further,
        // Seen for one subject before, so it was there.
        _ => Since::Before,
    }
}

fn by_name(change: &Change) -> HashMap<Name<'_>, &SubjectChange> {
    change
        .subjects
        .iter()
        .map(|s| ((s.cluster.as_deref(), s.kind.as_str(), s.namespace.as_str(), s.name.as_str()), s))
        .collect()
}

/// What makes two findings one problem for the comparison: it names one of them for both.
fn same_problem(report: &Report) -> HashMap<&str, (&str, &crate::report::ObjectRef)> {
    report.findings.iter().map(|f| (f.id.as_str(), (f.code.as_str(), &f.object))).collect()
}

/// Findings on the paths that are compared: those that carry traffic, all of them where none does.
fn on_paths(subject: &Subject, all: bool) -> impl Iterator<Item = &str> {
    let all = all || subject.paths.iter().all(|path| path.dormant);
    let paths = subject.paths.iter().filter(move |path| all || !path.dormant);
    paths.flat_map(|path| &path.segments).flat_map(|segment| &segment.findings).map(String::as_str)
}
