//! Root causes as every format tells them: which come first, what each takes down, and which of them tells the story of
//! a subject.

use std::collections::HashMap;

use super::change::mended;
use super::words::{self, join_and, number};
use crate::report::{Cause, CauseSubject, Report, Subject, Summary, Verdict};

/// Names of each kind that are told; the rest is counted.
const NAMES: usize = 4;
/// Host names that are told.
const HOSTS: usize = 4;

/// A subject by cluster, kind, namespace, name and group.
type Name<'r> = (Option<&'r str>, &'r str, &'r str, &'r str, Option<&'r str>);

/// The causes of a report, and who has which.
pub(crate) struct Causes<'r> {
    all: &'r [Cause],
    of: HashMap<Name<'r>, Vec<usize>>,
}

impl<'r> Causes<'r> {
    /// Those of one report.
    pub(crate) fn of(report: &'r Report) -> Self {
        let mut of: HashMap<Name<'_>, Vec<usize>> = HashMap::new();
        for (index, cause) in report.causes.iter().enumerate() {
            for subject in &cause.subjects {
                of.entry(name(cause, subject)).or_default().push(index);
            }
        }
        Self { all: &report.causes, of }
    }

    /// Those that explain a subject, worst first, with their numbers from 1.
    pub(crate) fn of_subject<'s>(
        &'s self,
        subject: &'s Subject,
    ) -> impl Iterator<Item = (usize, &'r Cause)> + use<'s, 'r> {
        let key = (
            subject.cluster.as_deref(),
            subject.kind.as_str(),
            subject.namespace.as_str(),
            subject.name.as_str(),
            subject.group.as_deref(),
        );
        let indexes = self.of.get(&key).map(Vec::as_slice).unwrap_or_default();
        indexes.iter().filter_map(|index| Some((index + 1, self.all.get(*index)?)))
    }

    /// Of which the story of a subject is a part: the worst of them.
    pub(crate) fn main(&self, subject: &Subject) -> Option<(usize, &'r Cause)> {
        self.of_subject(subject).next()
    }
}

fn name<'r>(cause: &'r Cause, subject: &'r CauseSubject) -> Name<'r> {
    (cause.cluster.as_deref(), &subject.kind, &subject.namespace, &subject.name, subject.group.as_deref())
}

/// Is it a fault, and not something that was only not read and of which nobody knows that it does harm?
pub(crate) fn is_fault(cause: &Cause) -> bool {
    words::remarkable(cause.verdict)
}

/// Subjects of one kind and one verdict.
pub(crate) struct Group<'r> {
    pub(crate) kind: &'r str,
    pub(crate) subjects: Vec<&'r CauseSubject>,
}

/// What a cause takes down, doors before the Services behind them.
pub(crate) fn groups(cause: &Cause) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for subject in &cause.subjects {
        match groups.iter_mut().find(|group| group.kind == subject.kind) {
            Some(group) => group.subjects.push(subject),
            None => groups.push(Group { kind: &subject.kind, subjects: vec![subject] }),
        }
    }
    // The order among doors, and within a kind, is the cause's own: worst first.
    groups.sort_by_key(|group| is_service(group.kind));
    groups
}

fn is_service(kind: &str) -> bool {
    kind == "Service"
}

/// What it does to the subjects, as a heading.
pub(crate) const fn does(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Broken => "takes down",
        Verdict::Degraded => "holds back",
        Verdict::Unknown => "leaves open",
        Verdict::ConfigOk | Verdict::Healthy => "rests on it",
    }
}

/// `200 Ingresses (shop/web-000, shop/web-001 and 198 more) and Service shop/cart`.
pub(crate) fn takes(cause: &Cause) -> String {
    let told = groups(cause).into_iter().map(|group| {
        let place = |subject: &CauseSubject| format!("{}/{}", subject.namespace, subject.name);
        let mut names: Vec<String> = group.subjects.iter().take(NAMES).map(|subject| place(subject)).collect();
        match group.subjects.len() {
            1 => format!("{} {}", group.kind, names.join("")),
            all => {
                if all > NAMES {
                    names.push(format!("{} more", number(all - NAMES)));
                }
                format!("{} ({})", kinds(all, group.kind), join_and(&names))
            }
        }
    });
    join_and(&told.collect::<Vec<_>>())
}

/// `a.example, b.example and 3 more`; empty without hosts.
pub(crate) fn hosts(cause: &Cause) -> String {
    let mut told: Vec<String> = cause.hosts.iter().take(HOSTS).cloned().collect();
    if cause.hosts.len() > HOSTS {
        told.push(format!("{} more", number(cause.hosts.len() - HOSTS)));
    }
    join_and(&told)
}

/// `1 Ingress`, `200 Ingresses`.
pub(crate) fn kinds(n: usize, kind: &str) -> String {
    let y = kind.strip_suffix('y').filter(|rest| !rest.ends_with(['a', 'e', 'i', 'o', 'u']));
    let many = match y {
        Some(rest) => format!("{rest}ies"),
        None if kind.ends_with(['s', 'x']) => format!("{kind}es"),
        None => format!("{kind}s"),
    };
    words::plural(n, kind, &many)
}

/// What the subjects would be if what was not read held nothing in the way.
pub(crate) fn otherwise(cause: &Cause) -> Option<String> {
    let summary = cause.otherwise.as_ref()?;
    let parts = counted(summary);
    (!parts.is_empty()).then(|| format!("If there is none in the cluster: {}.", join_and(&parts)))
}

fn counted(summary: &Summary) -> Vec<String> {
    let words = |verdict: Verdict, n: usize| match (verdict, n) {
        (Verdict::ConfigOk, 1) => "looks right".to_owned(),
        (Verdict::ConfigOk, _) => "look right".to_owned(),
        (verdict, _) => words::label(verdict).to_owned(),
    };
    let all = Verdict::ALL.iter().rev().map(|&verdict| (verdict, summary.of(verdict)));
    all.filter(|(_, n)| *n > 0).map(|(verdict, n)| format!("{} {}", number(n), words(verdict, n))).collect()
}

/// The first cause in a sentence, with the most important door that it concerns.
pub(crate) fn lead(cause: &Cause) -> String {
    let with = suffering(cause);
    if with.is_empty() { format!("{}.", cause.headline) } else { format!("{}; {with}.", cause.headline) }
}

/// `Ingress shop/web and Service shop/cart fail with it`; empty where the culprit is all there is.
fn suffering(cause: &Cause) -> String {
    let worst = cause.subjects.iter().filter(|subject| subject.verdict == cause.verdict);
    let others: Vec<&CauseSubject> = worst.filter(|subject| !is_culprit(cause, subject)).collect();
    let mut by_kind: Vec<(&str, Vec<&CauseSubject>)> = Vec::new();
    for subject in others {
        match by_kind.iter_mut().find(|(kind, _)| *kind == subject.kind) {
            Some((_, all)) => all.push(subject),
            None => by_kind.push((&subject.kind, vec![subject])),
        }
    }
    by_kind.sort_by_key(|(kind, _)| is_service(kind));
    let Some((_, first)) = by_kind.first() else { return String::new() };
    let all: usize = by_kind.iter().map(|(_, all)| all.len()).sum();
    let door = first.first().filter(|_| first.len() > 1);
    let told: Vec<String> = by_kind
        .iter()
        .map(|(kind, all)| match all.as_slice() {
            [one] => format!("{kind} {}/{}", one.namespace, one.name),
            several => kinds(several.len(), kind),
        })
        .collect();
    let told = join_and(&told);
    let first = door.map_or_else(String::new, |door| format!(" ({}/{} first)", door.namespace, door.name));
    let several = all > 1;
    match cause.verdict {
        Verdict::Broken => format!("{told}{first} {} with it", if several { "fail" } else { "fails" }),
        Verdict::Degraded => format!("{told}{first} {} only in part", if several { "work" } else { "works" }),
        Verdict::Unknown => format!("{told}{first} {} not judged for it", if several { "were" } else { "was" }),
        Verdict::ConfigOk | Verdict::Healthy => format!("{told} {} on this", if several { "rest" } else { "rests" }),
    }
}

fn is_culprit(cause: &Cause, subject: &CauseSubject) -> bool {
    cause.object.as_ref().is_some_and(|object| {
        object.kind == subject.kind
            && object.name == subject.name
            && object.namespace.as_deref().unwrap_or_default() == subject.namespace
            && object.group == subject.group
    })
}

/// Who is to blame, in a word: `Deployment shop/cart`, `NetworkPolicy was not read`.
pub(crate) fn culprit(cause: &Cause) -> String {
    match (&cause.object, &cause.missing) {
        (Some(object), _) => words::entry_name(&object.to_string()),
        (None, Some(kinds)) => format!("not read: {}", kinds.replace(',', ", ")),
        (None, None) => "not read".to_owned(),
    }
}

/// Root causes that came, and those that went, from one report to the next: a line each, for whoever watches.
pub fn came_and_went(before: &Report, after: &Report) -> Vec<String> {
    let has = |report: &Report, cause: &Cause| report.causes.iter().any(|c| c.id == cause.id && is_fault(c));
    let faults = |report: &'_ Report| -> Vec<Cause> { report.causes.iter().filter(|c| is_fault(c)).cloned().collect() };
    let came = faults(after).into_iter().filter(|cause| !has(before, cause));
    let went = faults(before).into_iter().filter(|cause| !has(after, cause));
    let came: Vec<String> = came.map(|cause| format!("cause: {}", lead(&cause))).collect();
    let went = went.map(|cause| {
        let subjects = words::plural(cause.subjects.len(), "subject", "subjects");
        format!("no longer a cause: {} ({subjects})", mended(&cause.headline))
    });
    came.into_iter().chain(went).collect()
}
