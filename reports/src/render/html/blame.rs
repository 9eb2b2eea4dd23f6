//! Root causes: which explain which subject, and what the page says of each.

use std::collections::HashMap;

use serde::Serialize;

use super::kinds::counted;
use super::places::Places;
use super::plan::Plan;
use crate::render::neutral::neutral_command;
use crate::render::words::{join_and, label, number, plural};
use crate::report::{Cause, CauseSubject, Report, Summary, Verdict};

/// Causes that stand open; the others are folded, and what passes even those is counted.
const OPEN: usize = 4;
const FOLDED: usize = 150;
/// Subjects that are named where there are no more, and links in the folded list.
const NAMED: usize = 4;
const LINKS: usize = 60;
const HOSTS: usize = 3;
/// Sections of subjects that one cause wholly explains; the others are folded.
const SECTIONS: usize = 3;

/// Cluster, kind, API group, namespace, name.
type Key<'r> = (Option<&'r str>, &'r str, Option<&'r str>, &'r str, &'r str);

/// Which causes explain which subject.
pub(super) struct Blame<'r> {
    causes: &'r [Cause],
    /// Numbers of causes, from 0, worst first, by the index of the subject.
    by_subject: Vec<Vec<usize>>,
    /// The cause with which the section of a subject is folded, if it is.
    folded: Vec<Option<usize>>,
    subjects: HashMap<Key<'r>, usize>,
}

impl<'r> Blame<'r> {
    pub(super) fn of(report: &'r Report) -> Self {
        let subjects: HashMap<Key<'_>, usize> = report
            .subjects
            .iter()
            .enumerate()
            .rev()
            .map(|(i, s)| {
                ((s.cluster.as_deref(), s.kind.as_str(), s.group.as_deref(), s.namespace.as_str(), s.name.as_str()), i)
            })
            .collect();
        let mut blame = Self {
            causes: &report.causes,
            by_subject: vec![Vec::new(); report.subjects.len()],
            folded: vec![None; report.subjects.len()],
            subjects,
        };
        for (n, cause) in report.causes.iter().enumerate() {
            let mut shown = 0;
            for subject in &cause.subjects {
                let Some(index) = blame.index(cause, subject) else { continue };
                if let Some(known) = blame.by_subject.get_mut(index) {
                    known.push(n);
                }
                if !subject.alone || cause.subjects.len() <= SECTIONS + 1 {
                    continue;
                }
                shown += 1;
                if shown > SECTIONS
                    && let Some(folded) = blame.folded.get_mut(index)
                {
                    folded.get_or_insert(n);
                }
            }
        }
        blame
    }

    fn index(&self, cause: &'r Cause, subject: &'r CauseSubject) -> Option<usize> {
        let key = |cluster| {
            (
                cluster,
                subject.kind.as_str(),
                subject.group.as_deref(),
                subject.namespace.as_str(),
                subject.name.as_str(),
            )
        };
        self.subjects.get(&key(cause.cluster.as_deref())).copied()
    }

    /// The numbers of the causes of a subject, from 0.
    pub(super) fn causes(&self, subject: usize) -> &[usize] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    /// The cause with which its section is folded.
    pub(super) fn folded(&self, subject: usize) -> Option<usize> {
        self.folded.get(subject).copied().flatten()
    }

    /// The subjects whose sections are folded with each cause, in order.
    pub(super) fn folds(&self) -> Vec<(usize, Vec<usize>)> {
        let mut folds: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
        for (subject, cause) in self.folded.iter().enumerate() {
            if let Some(cause) = cause {
                folds.entry(*cause).or_default().push(subject);
            }
        }
        folds.into_iter().collect()
    }

    /// Links to the causes of a subject.
    pub(super) fn links(&self, subject: usize) -> Vec<CauseLink<'r>> {
        let link = |&n: &usize| Some(CauseLink::to(n, self.causes.get(n)?));
        self.causes(subject).iter().filter_map(link).collect()
    }

    /// The cause with this number.
    pub(super) fn cause(&self, n: usize) -> Option<&'r Cause> {
        self.causes.get(n)
    }
}

/// Does the page show the cause with this number? It counts the others.
pub(super) const fn is_shown(n: usize) -> bool {
    n < OPEN + FOLDED
}

/// The anchor of a cause that is shown.
pub(super) fn anchor(n: usize) -> String {
    format!("cause.{}", n + 1)
}

/// A link to a cause.
#[derive(Serialize)]
pub(super) struct CauseLink<'r> {
    number: usize,
    /// Empty where the page counts the cause and does not show it.
    href: String,
    headline: &'r str,
}

impl<'r> CauseLink<'r> {
    pub(super) fn to(n: usize, cause: &'r Cause) -> Self {
        let href = if is_shown(n) { anchor(n) } else { String::new() };
        Self { number: n + 1, href, headline: &cause.headline }
    }
}

/// Every cause as the page shows it.
#[derive(Serialize)]
pub(super) struct Causes<'r> {
    title: String,
    open: Vec<View<'r>>,
    folded: Vec<View<'r>>,
    /// What is folded, in words.
    rest: String,
    /// Causes that are only counted.
    more: Option<String>,
}

#[derive(Serialize)]
struct View<'r> {
    number: usize,
    id: String,
    verdict: Verdict,
    label: &'static str,
    headline: &'r str,
    evidence: String,
    effects: Vec<Effect>,
    hosts: Vec<&'r str>,
    more_hosts: Option<String>,
    action: Option<&'r str>,
    command: Option<String>,
    otherwise: Option<String>,
    count: String,
    unit: &'static str,
    links: Vec<SubjectLink>,
    more_links: Option<String>,
}

/// `Takes down`: 100 Ingresses · 100 Services; few are named.
#[derive(Serialize)]
struct Effect {
    word: &'static str,
    counts: Vec<String>,
    names: Vec<SubjectLink>,
}

#[derive(Serialize)]
struct SubjectLink {
    verdict: Verdict,
    kind: String,
    name: String,
    href: Option<String>,
}

/// What a cause does to subjects of a verdict.
const fn effect(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Broken => "Takes down",
        Verdict::Degraded => "Leaves partly working",
        Verdict::Unknown => "Leaves not judged",
        Verdict::ConfigOk => "Is assumed for",
        Verdict::Healthy => "Concerns",
    }
}

/// The section of causes; none where there is none.
pub(super) fn causes<'r>(report: &'r Report, blame: &Blame<'r>, plan: &Plan, places: &Places) -> Option<Causes<'r>> {
    let views = |from: usize, count: usize| -> Vec<View<'r>> {
        let some = report.causes.iter().enumerate().skip(from).take(count);
        some.map(|(n, cause)| view(n, cause, blame, plan, places)).collect()
    };
    let rest: Vec<String> = Verdict::ALL
        .iter()
        .filter_map(|&verdict| {
            let n = report.causes.iter().skip(OPEN).filter(|cause| cause.verdict == verdict).count();
            (n > 0).then(|| format!("{} {}", number(n), label(verdict)))
        })
        .collect();
    let more = report.causes.len().saturating_sub(OPEN + FOLDED);
    (!report.causes.is_empty()).then(|| Causes {
        title: plural(report.causes.len(), "root cause", "root causes, worst first"),
        open: views(0, OPEN),
        folded: views(OPEN, FOLDED),
        rest: format!(
            "{}: {}",
            plural(report.causes.len().saturating_sub(OPEN), "more cause", "more causes"),
            rest.join(", ")
        ),
        more: (more > 0).then(|| number(more)),
    })
}

fn view<'r>(n: usize, cause: &'r Cause, blame: &Blame<'r>, plan: &Plan, places: &Places) -> View<'r> {
    let link = |subject: &'r CauseSubject| SubjectLink {
        verdict: subject.verdict,
        kind: subject.kind.clone(),
        name: format!("{}/{}", subject.namespace, subject.name),
        href: blame.index(cause, subject).and_then(|index| plan.id(index)).map(str::to_owned),
    };
    let few = cause.subjects.len() <= NAMED;
    let effects = Verdict::ALL
        .iter()
        .filter_map(|&verdict| {
            let of: Vec<&CauseSubject> = cause.subjects.iter().filter(|s| s.verdict == verdict).collect();
            (!of.is_empty()).then(|| Effect {
                word: effect(verdict),
                counts: if few { Vec::new() } else { counted(of.iter().map(|s| s.kind.as_str())) },
                names: if few { of.into_iter().map(link).collect() } else { Vec::new() },
            })
        })
        .collect();
    let count = cause.subjects.len();
    View {
        number: n + 1,
        id: anchor(n),
        verdict: cause.verdict,
        label: label(cause.verdict),
        headline: &cause.headline,
        evidence: places.short(&cause.evidence),
        effects,
        hosts: cause.hosts.iter().take(HOSTS).map(String::as_str).collect(),
        more_hosts: (cause.hosts.len() > HOSTS).then(|| plural(cause.hosts.len() - HOSTS, "more host", "more hosts")),
        action: cause.next.as_ref().map(|next| next.action.as_str()),
        command: cause
            .next
            .as_ref()
            .and_then(|next| next.command.as_deref())
            .filter(|command| !command.is_empty())
            .map(|command| neutral_command(command).into_owned()),
        otherwise: cause.otherwise.as_ref().map(otherwise),
        count: number(count),
        unit: if count == 1 { "object" } else { "objects" },
        links: if few { Vec::new() } else { cause.subjects.iter().take(LINKS).map(link).collect() },
        more_links: (!few && count > LINKS).then(|| number(count - LINKS)),
    }
}

/// `74 no fault found (not tested) and 2 partly working`
fn otherwise(summary: &Summary) -> String {
    let parts: Vec<String> = Verdict::ALL
        .iter()
        .rev()
        .filter(|&&verdict| summary.of(verdict) > 0)
        .map(|&verdict| format!("{} {}", number(summary.of(verdict)), label(verdict)))
        .collect();
    join_and(&parts)
}
