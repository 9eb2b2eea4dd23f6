//! Manifests that an API server would not take. What is wrong with one was found where its text was read; here it gets
//! its effect on traffic.

pub mod refused;
pub mod said;
pub mod version;

use std::collections::BTreeMap;
use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::{Blocks, CatalogueEntry, CheckDoc, Finding, Inconclusive, Step, SubjectPaths, command};
use kubereach_model::snapshot::model::Resource;
use kubereach_model::snapshot::{Found, Proof, Refusal, Refused, Snapshot, Store};

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    refused::SERVICE.entry(),
    refused::INGRESS.entry(),
    refused::ROUTE.entry(),
    refused::GATEWAY.entry(),
    refused::WORKLOAD.entry(),
    refused::PARTLY.entry(),
    version::INGRESS.entry(),
    version::WORKLOAD.entry(),
    said::REFUSED.entry(),
    said::UNKNOWN_FIELD.entry(),
    said::UPDATE_REFUSED.entry(),
];

/// An object of which something would be refused.
struct Judged<'s> {
    object: ObjectRef,
    origin: u32,
    /// Would it be made, rather than changed?
    is_new: bool,
    refusals: &'s [Refusal],
    shows: Box<dyn Fn(&str) -> Proof + 's>,
}

impl<'s> Judged<'s> {
    fn of<T: Resource>(snapshot: &'s Snapshot, found: Found<'s, T>) -> Option<Self> {
        let refusals = snapshot.refusals.get(&found.origin)?;
        Some(Self {
            object: found.object(),
            origin: found.origin,
            is_new: found.is_manifest(),
            refusals,
            shows: Box::new(move |fact| found.shows(fact)),
        })
    }

    fn sentence(&self, refusal: &Refusal) -> String {
        format!("{} {} {}", self.object.kind, self.object.name, refusal.what)
    }

    fn placed(&self, finding: Finding, refusal: &Refusal) -> Finding {
        let step = |step: &String| step.parse().map_or_else(|_| Step::Key(step.clone()), Step::Index);
        finding
            .next(refusal.action.clone(), command::get(&self.object, "-o yaml"))
            .at(self.origin, refusal.field.iter().map(step))
    }

    /// What stands in the way of its traffic.
    fn walls(
        &self,
        doc: &'static CheckDoc<Blocks>,
        removed: Option<&'static CheckDoc<Inconclusive>>,
        minor: Option<u16>,
    ) -> Vec<Finding> {
        if !self.is_new {
            return Vec::new();
        }
        let finding = |refusal: &Refusal| {
            let message = self.sentence(refusal);
            let finding = if is_refused(refusal, minor) {
                doc.finding(&(self.shows)(&refusal.what), self.object.clone(), message)
                    .cause("the API server would refuse it, so it is not there after the deploy")
            } else {
                match (refusal.when, removed) {
                    (Refused::Since(since), Some(removed)) if minor.is_none() => {
                        removed.finding(&version::gap(since), self.object.clone(), message)
                    }
                    _ => return None,
                }
            };
            Some(self.placed(finding, refusal))
        };
        once(self.refusals.iter().filter_map(finding))
    }

    /// What is only worth saying.
    fn said(&self, minor: Option<u16>) -> Vec<Finding> {
        let finding = |refusal: &Refusal| {
            let message = self.sentence(refusal);
            let doc = if refusal.when == Refused::Dropped {
                &said::UNKNOWN_FIELD
            } else if !self.is_new && is_refused(refusal, minor) {
                &said::UPDATE_REFUSED
            } else if refusal.when == Refused::Tolerated {
                if self.is_new { &said::REFUSED } else { &said::UPDATE_REFUSED }
            } else {
                return None;
            };
            Some(self.placed(doc.finding(self.object.clone(), message), refusal))
        };
        once(self.refusals.iter().filter_map(finding))
    }
}

/// What is the same at several places of an object is said at the first.
fn once(findings: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut all: Vec<Finding> = Vec::new();
    for finding in findings {
        if all.iter().all(|said| said.message != finding.message) {
            all.push(finding);
        }
    }
    all
}

/// Puts on every path what would be refused of the objects that it crosses, and says what else is worth saying of a
/// subject.
pub fn judge(snapshot: &Snapshot, subjects: &mut [SubjectPaths]) {
    if snapshot.refusals.is_empty() {
        return;
    }
    let minor = snapshot.kubernetes_minor;
    let mut walls: BTreeMap<(SegmentName, ObjectRef), Vec<Arc<Finding>>> = BTreeMap::new();
    let mut said: BTreeMap<ObjectRef, Vec<Arc<Finding>>> = BTreeMap::new();
    let mut add = |judged: Judged<'_>, segment, doc, removed| {
        let found: Vec<Arc<Finding>> = judged.walls(doc, removed, minor).into_iter().map(Arc::new).collect();
        if !found.is_empty() {
            walls.insert((segment, judged.object.clone()), found);
        }
        let notes: Vec<Arc<Finding>> = judged.said(minor).into_iter().map(Arc::new).collect();
        if !notes.is_empty() {
            said.insert(judged.object.clone(), notes);
        }
    };
    each(snapshot, &snapshot.services, |judged| add(judged, SegmentName::Service, &refused::SERVICE, None));
    each(snapshot, &snapshot.ingresses, |judged| {
        add(judged, SegmentName::Rule, &refused::INGRESS, Some(&version::INGRESS));
    });
    each(snapshot, &snapshot.routes, |judged| add(judged, SegmentName::Rule, &refused::ROUTE, None));
    each(snapshot, &snapshot.gateways, |judged| add(judged, SegmentName::Listener, &refused::GATEWAY, None));
    for subject in subjects {
        if let Some(notes) = said.get(&subject.object) {
            subject.notes.extend(notes.iter().cloned());
        }
        for segment in subject.paths.iter_mut().flat_map(|path| &mut path.segments) {
            let Some(object) = segment.object.clone() else { continue };
            let Some(findings) = walls.get(&(segment.name, object)) else { continue };
            let segment = Arc::make_mut(segment);
            for finding in findings {
                segment.share(Arc::clone(finding));
            }
        }
    }
}

fn each<'s, T: Resource>(snapshot: &'s Snapshot, store: &'s Store<T>, see: impl FnMut(Judged<'s>)) {
    store.iter().filter_map(|found| Judged::of(snapshot, found)).for_each(see);
}

/// The workload behind a Service would be refused; of several, one of them.
pub fn workload(cx: &Context<'_, '_>) -> Option<Finding> {
    let snapshot = cx.cluster.snapshot;
    if snapshot.refusals.is_empty() || !cx.view.selected.live.is_empty() {
        return None;
    }
    let minor = snapshot.kubernetes_minor;
    let walls = |workload| {
        let judged = Judged::of(snapshot, workload)?;
        judged.walls(&refused::WORKLOAD, Some(&version::WORKLOAD), minor).into_iter().next()
    };
    let all: Vec<_> = cx.view.workloads.templates().collect();
    let mut refused = all.iter().filter_map(|workload| walls(*workload)).peekable();
    refused.peek()?;
    let taken = all.iter().any(|workload| walls(*workload).is_none());
    if !taken {
        return refused.next();
    }
    let of = |workload| {
        let judged = Judged::of(snapshot, workload)?;
        judged.refusals.iter().find(|refusal| judged.is_new && is_refused(refusal, minor)).map(|refusal| {
            let proof = (judged.shows)(&refusal.what);
            judged.placed(refused::PARTLY.finding(&proof, judged.object.clone(), judged.sentence(refusal)), refusal)
        })
    };
    all.iter().find_map(|workload| of(*workload))
}

/// Would it be refused by the target cluster?
fn is_refused(refusal: &Refusal, minor: Option<u16>) -> bool {
    match refusal.when {
        Refused::Always | Refused::Strictly => true,
        // Nothing is proved about traffic; that the deploy fails is said.
        Refused::Tolerated | Refused::Dropped => false,
        Refused::Since(since) => minor.is_some_and(|minor| minor >= since),
    }
}
