//! A change as its checks look at it: both snapshots, the edits, and where every subject leads.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::{ChangeAction, ObjectRef, Report, SubjectChange};

use crate::evaluate::door::{self, SERVICE};
use kubereach_model::evidence::Finding;
use kubereach_model::snapshot::Snapshot;
use kubereach_model::snapshot::model::Service;
use kubereach_model::snapshot::{Found, GroupKind};

/// What becomes of one object of the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The object.
    pub object: ObjectRef,
    /// Its group and kind.
    pub kind: GroupKind,
    /// What becomes of it.
    pub action: ChangeAction,
    /// What follows for others, one sentence; empty if nothing does.
    pub note: String,
}

/// A check that says which edit is behind the problems of a subject.
pub type SubjectCheck = fn(&Change<'_>, &SubjectChange) -> Vec<Finding>;
/// A check that looks at the whole change.
pub type WholeCheck = fn(&Change<'_>) -> Vec<Finding>;

/// The checks of changes.
#[derive(Debug)]
pub struct CheckTable {
    /// Of every subject with a problem that is new.
    pub subject: &'static [SubjectCheck],
    /// Of the change.
    pub whole: &'static [WholeCheck],
}

/// The change and its consequences.
#[derive(Debug)]
pub struct Change<'c> {
    /// The snapshot without the change.
    pub before: &'c Snapshot,
    /// The snapshot with it.
    pub after: &'c Snapshot,
    /// Every object of the change.
    pub edits: &'c [Edit],
    /// Services behind a subject, after the change.
    behind: BTreeMap<(String, String, String, Option<String>), BTreeSet<(String, String)>>,
}

impl<'c> Change<'c> {
    /// `report` is the judgement of `after`.
    pub fn new(before: &'c Snapshot, after: &'c Snapshot, edits: &'c [Edit], report: &Report) -> Self {
        let mut behind: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for subject in &report.subjects {
            let key = (subject.kind.clone(), subject.namespace.clone(), subject.name.clone(), subject.group.clone());
            let of_subject = behind.entry(key).or_default();
            for backend in subject.paths.iter().filter_map(|p| p.backend.as_ref()).filter(|b| b.kind == SERVICE.name) {
                of_subject.insert((backend.namespace.clone(), backend.name.clone()));
            }
        }
        Self { before, after, edits, behind }
    }

    /// Does the change touch this object in more than writing it down again?
    pub fn edited(&self, kind: &str, namespace: &str, name: &str) -> bool {
        self.edits.iter().any(|e| {
            e.action != ChangeAction::Same
                && e.object.kind == kind
                && e.object.namespace.as_deref().unwrap_or_default() == namespace
                && e.object.name == name
        })
    }

    /// Does a problem that the change brings have one of these codes?
    pub fn has(subject: &SubjectChange, codes: &[&str]) -> bool {
        subject.introduced.iter().chain(&subject.newly_seen).any(|p| codes.contains(&p.code.as_str()))
    }

    /// The Services of a subject: itself, or those its paths lead to.
    pub fn services(&self, subject: &SubjectChange) -> Vec<(String, String)> {
        if subject.kind == SERVICE.name {
            return vec![(subject.namespace.clone(), subject.name.clone())];
        }
        let key = (subject.kind.clone(), subject.namespace.clone(), subject.name.clone(), subject.group.clone());
        self.behind.get(&key).into_iter().flatten().cloned().collect()
    }

    /// The doors that lead to a Service, after the change.
    pub fn entries(&self, service: &(String, String)) -> Vec<ObjectRef> {
        let leading = self
            .behind
            .iter()
            .filter(|((kind, .., group), services)| door::leads(kind, group.as_deref()) && services.contains(service));
        leading
            .map(|((kind, namespace, name, group), _)| ObjectRef {
                kind: kind.clone(),
                namespace: Some(namespace.clone()),
                name: name.clone(),
                group: group.clone(),
            })
            .collect()
    }

    /// A Service before and after the change.
    pub fn service(
        &self,
        (namespace, name): &(String, String),
    ) -> (Option<Found<'c, Service>>, Option<Found<'c, Service>>) {
        (self.before.lookup::<Service>(namespace, name).found(), self.after.lookup::<Service>(namespace, name).found())
    }
}

/// `Deployment shop/web`, for prose.
pub fn title(object: &ObjectRef) -> String {
    match &object.namespace {
        Some(namespace) => format!("{} {namespace}/{}", object.kind, object.name),
        None => format!("{} {}", object.kind, object.name),
    }
}
