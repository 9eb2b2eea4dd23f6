//! Which subjects get a section of their own, and under which id.
//!
//! A page that does not open helps nobody: sections are given worst first until their estimated
//! size is used up, and unremarkable subjects get one only while they are few. Every subject has its
//! row in the overview either way.

use std::collections::{HashMap, HashSet};

use crate::render::words::remarkable;
use crate::report::{Finding, Report, Subject};

/// Up to this many subjects in all, unremarkable ones get a section as well.
const FEW: usize = 150;
/// Bytes all sections together may take by estimate; rows and coverage come on top.
const BUDGET: usize = 18_000_000;
/// Paths listed per section; the rest is counted.
pub(super) const PATHS: usize = 60;

/// The ids of the sections, by index in [`Report::subjects`].
pub(super) struct Plan {
    ids: Vec<Option<String>>,
    /// Subjects that need attention and have only their row.
    pub(super) left_out: usize,
}

impl Plan {
    pub(super) fn of(report: &Report, at_most: Option<usize>) -> Self {
        let sizes: HashMap<&str, usize> =
            report.findings.iter().map(|finding| (finding.id.as_str(), size_of(finding))).collect();
        let few = report.subjects.len() <= FEW;
        let mut used = HashSet::new();
        let mut spent = 0;
        let mut given = 0;
        let mut plan = Self { ids: Vec::with_capacity(report.subjects.len()), left_out: 0 };
        for subject in &report.subjects {
            let wanted = few || remarkable(subject.verdict);
            let cost = estimate(subject, &sizes);
            let fits = spent + cost <= BUDGET && at_most.is_none_or(|most| given < most);
            if wanted && fits {
                spent += cost;
                given += 1;
                plan.ids.push(Some(unique(&mut used, subject)));
            } else {
                plan.left_out += usize::from(remarkable(subject.verdict));
                plan.ids.push(None);
            }
        }
        plan
    }

    /// The id of the section of the subject with this index, if it has one.
    pub(super) fn id(&self, index: usize) -> Option<&str> {
        self.ids.get(index)?.as_deref()
    }
}

/// Bytes of markup of a section, on the high side.
fn estimate(subject: &Subject, findings: &HashMap<&str, usize>) -> usize {
    let named = |id: &String| findings.get(id.as_str()).copied().unwrap_or(0);
    let segments = |path: &crate::report::Path| -> usize {
        path.segments
            .iter()
            .map(|s| {
                420 + 2 * s.evidence.len() + 120 * s.assumptions.len() + s.findings.iter().map(named).sum::<usize>()
            })
            .sum()
    };
    let paths: usize = subject
        .paths
        .iter()
        .take(PATHS)
        .map(|path| 900 + 6 * path.entry.len() + segments(path) + 500 * path.by_vantage.len())
        .sum();
    let own: usize = subject.findings.iter().chain(&subject.entry_problems).map(named).sum();
    let words = subject.headline.len() + subject.reason.len() + 8 * subject.name.len();
    let unchecked: usize = subject.not_checked.iter().map(|item| 60 + item.what.len() + item.why.len()).sum();
    2_500
        + 2 * words
        + paths
        + own
        + unchecked
        + if subject.paths.is_empty() { 0 } else { 12 * 2_900 / subject.paths.len().clamp(1, 12) }
}

fn size_of(finding: &Finding) -> usize {
    600 + 2
        * (finding.message.len()
            + finding.cause.len()
            + finding.action.len()
            + finding.command.len()
            + finding.basis.len())
}

/// `ingress-shop-web`: readable in a link, unique in the page, without any sign that means
/// something in a URL or in HTML.
fn unique(used: &mut HashSet<String>, subject: &Subject) -> String {
    let mut slug = String::new();
    let cluster = subject.cluster.iter().map(String::as_str);
    for part in cluster.chain([subject.kind.as_str(), subject.namespace.as_str(), subject.name.as_str()]) {
        if !slug.is_empty() {
            slug.push('-');
        }
        for c in part.chars().take(80) {
            slug.push(if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' });
        }
    }
    let mut id = slug.clone();
    let mut n = 2;
    while !used.insert(id.clone()) {
        id = format!("{slug}_{n}");
        n += 1;
    }
    id
}
