//! Who leads to a Service: the doors whose paths end at it, with the problems of their
//! own part of the way. They are shown at the Service and never condemn it.

use std::collections::BTreeMap;
use std::sync::Arc;

use kubereach_reports::report::{Effect, ObjectRef, SegmentName};

use crate::evaluate::door::{self, SERVICE};
use kubereach_model::evidence::{EntryPoint, Segment, SubjectPaths, fold};

/// Fills in [`SubjectPaths::entries`] of every Service, from the other subjects' paths.
pub fn attach_entries(subjects: &mut [SubjectPaths]) {
    let mut by_service: BTreeMap<ObjectRef, BTreeMap<ObjectRef, EntryPoint>> = BTreeMap::new();
    for subject in subjects.iter().filter(|s| door::leads(&s.object.kind, s.object.group.as_deref())) {
        for path in subject.paths.iter().filter(|p| p.dormant.is_none()) {
            let Some(backend) = path.key.backend.as_ref().filter(|b| b.kind == SERVICE.name) else { continue };
            let service = ObjectRef {
                kind: SERVICE.name.to_owned(),
                namespace: Some(backend.namespace.clone()),
                name: backend.name.clone(),
                group: None,
            };
            let own: Vec<&Arc<Segment>> = path.segments.iter().filter(|s| is_entrys_own(s.name)).collect();
            let state = fold(own.iter().map(std::convert::AsRef::as_ref));
            let entry = by_service
                .entry(service)
                .or_default()
                .entry(subject.object.clone())
                .or_insert_with(|| EntryPoint { object: subject.object.clone(), state, problems: Vec::new() });
            // An entry leads here as well as its best path does.
            entry.state = entry.state.max(state);
            for finding in own.iter().flat_map(|s| s.findings()) {
                if finding.effect() != Effect::Notes && !entry.problems.contains(finding) {
                    entry.problems.push(Arc::clone(finding));
                }
            }
        }
    }
    for subject in subjects.iter_mut().filter(|s| s.object.kind == SERVICE.name) {
        if let Some(entries) = by_service.remove(&subject.object) {
            subject.entries = entries.into_values().collect();
        }
    }
}

/// Segments before the Service, and TLS, belong to the entry; what lies behind is the Service's own.
const fn is_entrys_own(segment: SegmentName) -> bool {
    matches!(
        segment,
        SegmentName::Address
            | SegmentName::Controller
            | SegmentName::Listener
            | SegmentName::Rule
            | SegmentName::Reference
            | SegmentName::Tls
    )
}
