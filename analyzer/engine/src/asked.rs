//! What was asked for and nothing that was read contains: a slip of the finger, and not an empty answer.

use std::collections::BTreeSet;

use kubereach_reports::report::Report;

use crate::analysis::Filter;
use crate::evaluate::door::{kinds, names};
use kubereach_model::snapshot::kinds::{AnyStore, Shape};
use kubereach_model::snapshot::{GroupKind, Snapshot, nearest};

/// How many names are listed where none comes close.
const LISTED: usize = 5;

/// A namespace, kind or name that a filter asks for and that nothing contains, in a sentence with what comes closest.
/// `place` is what was read, for prose: `this bundle`.
///
/// A live cluster is read only as far as permissions reach: with `only_proved` nothing is said of what may be there and
/// was not read.
pub fn missing(snapshots: &[&Snapshot], filter: &Filter, place: &str, only_proved: bool) -> Option<String> {
    if filter.namespaces.is_empty() && filter.kinds.is_empty() && filter.names.is_empty() {
        return None;
    }
    let anywhere = Filter { namespaces: Vec::new(), ..filter.clone() };
    let filter = if filter.names_no_namespace() { &anywhere } else { filter };
    let proved = |kind: &GroupKind, namespace: Option<&str>| {
        !only_proved || snapshots.iter().all(|snapshot| snapshot.is_complete(kind, namespace).is_ok())
    };
    let subjects = Subjects { all: snapshots.iter().flat_map(|snapshot| of_snapshot(snapshot)).collect() };
    if let Some(near) = subjects.elsewhere(filter) {
        let (kind, name) = (filter.kinds.join(""), filter.names.join(""));
        let namespace = filter.namespaces.join("");
        return Some(format!("no {kind} '{name}' in namespace '{namespace}' of {place}, did you mean -n {near}?"));
    }
    let namespaces = namespaces(snapshots);
    let namespace_kind = GroupKind::known("", "Namespace");
    let absent = filter.namespaces.iter().find(|ns| !namespaces.contains(ns.as_str()));
    if let Some(absent) = absent.filter(|_| proved(&namespace_kind, None)) {
        return Some(format!("no namespace '{absent}' in {place}{}", advice(absent, &namespaces)));
    }
    let scope = filter.namespaces.first().filter(|_| filter.namespaces.len() == 1).map(String::as_str);
    let place = scope.map_or_else(|| place.to_owned(), |ns| format!("namespace '{ns}' of {place}"));
    let kind_of = |word: &str| kinds().find(|kind| kind.word().eq_ignore_ascii_case(word));
    for word in &filter.kinds {
        let (name, group) = kind_of(word).map_or((word.as_str(), ""), |kind| (kind.name, kind.group));
        let is_there = subjects.of(filter).any(|subject| names(word, &subject.kind, subject.group.as_deref()));
        if !is_there && proved(&GroupKind { group: group.to_owned().into(), kind: name.to_owned().into() }, scope) {
            let others: BTreeSet<&str> = subjects.of(filter).map(|subject| subject.kind.as_str()).collect();
            return Some(format!("no {name} in {place}{}", list(&others)));
        }
    }
    let wanted = |subject: &&Subject| {
        filter.kinds.is_empty() || filter.kinds.iter().any(|kind| names(kind, &subject.kind, subject.group.as_deref()))
    };
    for name in &filter.names {
        let there: BTreeSet<&str> = subjects.of(filter).filter(wanted).map(|subject| subject.name.as_str()).collect();
        let asked = filter.kinds.iter().filter_map(|word| kind_of(word));
        let asked: Vec<GroupKind> = asked.map(|kind| GroupKind::known(kind.group, kind.name)).collect();
        if !there.contains(name.as_str()) && asked.iter().all(|kind| proved(kind, scope)) {
            let what = filter.kinds.first().filter(|_| filter.kinds.len() == 1).and_then(|word| kind_of(word));
            let what = what.map_or("subject", |kind| kind.name);
            return Some(format!("no {what} '{name}' in {place}{}", advice(name, &there)));
        }
    }
    None
}

/// As [`missing`], for a report that was written earlier.
pub fn missing_in_report(report: &Report, filter: &Filter) -> Option<String> {
    let namespaces: BTreeSet<&str> = report.subjects.iter().map(|subject| subject.namespace.as_str()).collect();
    let absent = filter.namespaces.iter().find(|ns| !namespaces.contains(ns.as_str()));
    if let Some(absent) = absent {
        return Some(format!("no namespace '{absent}' in this report{}", advice(absent, &namespaces)));
    }
    let names: BTreeSet<&str> = report.subjects.iter().map(|subject| subject.name.as_str()).collect();
    let absent = filter.names.iter().find(|name| !names.contains(name.as_str()))?;
    Some(format!("no subject '{absent}' in this report{}", advice(absent, &names)))
}

/// What may be asked for: each kind that has a verdict, as the command line takes it, with the namespace and the name.
pub fn there_is(snapshot: &Snapshot) -> impl Iterator<Item = (String, String, String)> {
    of_snapshot(snapshot).into_iter().map(|subject| {
        let is_own = |word: &str| names(word, &subject.kind, subject.group.as_deref());
        let kind = kinds().map(|kind| kind.word().into_owned()).find(|word| is_own(word));
        (kind.unwrap_or(subject.kind), subject.namespace, subject.name)
    })
}

/// An object that has a verdict.
struct Subject {
    kind: String,
    group: Option<String>,
    namespace: String,
    name: String,
}

struct Subjects {
    all: Vec<Subject>,
}

impl Subjects {
    /// Those of the namespaces that were asked for.
    fn of<'f>(&'f self, filter: &'f Filter) -> impl Iterator<Item = &'f Subject> {
        self.all.iter().filter(|s| filter.namespaces.is_empty() || filter.namespaces.contains(&s.namespace))
    }

    /// Where one subject is that was asked for by its kind and name in another namespace.
    fn elsewhere(&self, filter: &Filter) -> Option<&str> {
        let ([namespace], [kind], [name]) =
            (filter.namespaces.as_slice(), filter.kinds.as_slice(), filter.names.as_slice())
        else {
            return None;
        };
        let of_name = self.all.iter().filter(|s| names(kind, &s.kind, s.group.as_deref()) && s.name == *name);
        let namespaces: BTreeSet<&str> = of_name.map(|s| s.namespace.as_str()).collect();
        namespaces.first().copied().filter(|_| !namespaces.contains(namespace.as_str()))
    }
}

fn of_snapshot(snapshot: &Snapshot) -> Vec<Subject> {
    let judged: Vec<GroupKind> = kinds().map(|kind| GroupKind::known(kind.group, kind.name)).collect();
    let stores = snapshot.stores().filter(|store| !matches!(store.shape(), Shape::Pod | Shape::Event));
    let objects = stores.flat_map(<dyn AnyStore>::objects);
    let judged = objects.filter(|object| judged.contains(&object.group_kind()));
    judged
        .map(|object| Subject {
            group: object.group_kind().other_group(),
            kind: object.group_kind().kind.into_owned(),
            namespace: object.meta().namespace.clone(),
            name: object.meta().name.clone(),
        })
        .collect()
}

fn namespaces<'s>(snapshots: &[&'s Snapshot]) -> BTreeSet<&'s str> {
    let mut all = BTreeSet::new();
    for snapshot in snapshots {
        all.extend(snapshot.namespaces.iter().map(|namespace| namespace.get().value.metadata.name.as_str()));
        let mut last = "";
        for object in snapshot.stores().flat_map(<dyn AnyStore>::objects) {
            let namespace = object.meta().namespace.as_str();
            // Objects stand in the order of their namespaces.
            if namespace != last && !namespace.is_empty() {
                last = namespace;
                all.insert(namespace);
            }
        }
    }
    all
}

/// What comes closest, or what there is.
fn advice(word: &str, there: &BTreeSet<&str>) -> String {
    match nearest(word, there.iter().copied()) {
        Some(near) => format!(", did you mean '{near}'?"),
        None => list(there),
    }
}

fn list(there: &BTreeSet<&str>) -> String {
    if there.is_empty() {
        return String::new();
    }
    let mut names: Vec<String> = there.iter().take(LISTED).map(|name| (*name).to_owned()).collect();
    if there.len() > LISTED {
        names.push(format!("{} more", there.len() - LISTED));
    }
    format!("; it holds {}", names.join(", "))
}
