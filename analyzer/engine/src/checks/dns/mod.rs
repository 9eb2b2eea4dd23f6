//! Cluster DNS: what its servers are told, and what follows where they do not answer.

pub mod alias_unanswered;
pub mod door_by_name;
pub mod forwards_to_itself;
pub mod names_fail;
pub mod no_cluster_names;
pub mod node_cache_down;
pub mod other_address;

use std::collections::BTreeSet;
use std::sync::Arc;

use kubereach_reports::report::{Effect, ObjectRef, PathState, SegmentName};

use crate::evaluate::Cluster;
use crate::evaluate::door::SERVICE;
use crate::resolve::plumbing::dns::cluster_dns;
use kubereach_model::evidence::{CatalogueEntry, Path, Segment, SubjectPaths};
use kubereach_model::snapshot::model::Service;
use kubereach_model::snapshot::{Found, Proof};

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    alias_unanswered::DOC.entry(),
    door_by_name::DOC.entry(),
    forwards_to_itself::DOC.entry(),
    names_fail::DOC.entry(),
    no_cluster_names::DOC.entry(),
    node_cache_down::DOC.entry(),
    other_address::DOC.entry(),
];

/// Cluster DNS that answers nobody.
pub struct Silent<'s> {
    /// Its Service.
    pub service: Found<'s, Service>,
    /// What shows it, as its own verdict has it.
    pub because: String,
}

impl Silent<'_> {
    /// Its name.
    pub fn object(&self) -> ObjectRef {
        self.service.object()
    }

    /// As a proof: the Service was read, and every way to it is blocked.
    pub fn proof(&self) -> Proof {
        self.service.shows(format!("every path to it is blocked: {}", self.because))
    }
}

/// Says of everything that is asked for by name what follows where cluster DNS answers nobody. Paths by address are
/// left as they are.
pub fn follow(cluster: &Cluster<'_>, subjects: &mut [SubjectPaths]) {
    let Some(silent) = silent(cluster, subjects) else { return };
    let own = silent.object();
    let note = Arc::new(names_fail::finding(&silent));
    for subject in subjects.iter_mut().filter(|subject| subject.object != own) {
        let is_service = SERVICE.is(&subject.object);
        let mut by_name = false;
        for path in &mut subject.paths {
            for segment in &mut path.segments {
                if is_alias(cluster, segment) {
                    let segment = Arc::make_mut(segment);
                    segment.add(if is_service {
                        alias_unanswered::finding(cluster, &silent, &subject.object)
                    } else {
                        door_by_name::finding(&silent, &subject.object)
                    });
                    by_name = true;
                }
            }
        }
        if is_service && !by_name {
            subject.notes.push(Arc::clone(&note));
        }
    }
}

/// Cluster DNS whose every carrying path is blocked.
fn silent<'s>(cluster: &Cluster<'s>, subjects: &[SubjectPaths]) -> Option<Silent<'s>> {
    let service = cluster_dns(cluster)?.service;
    let object = service.object();
    let subject = subjects.iter().find(|subject| subject.object == object)?;
    let is_shut = |path: &Path| path.dormant.is_none() && path.state() == PathState::Blocked;
    if subject.paths.is_empty() || !subject.paths.iter().all(is_shut) {
        return None;
    }
    let segments = subject.paths.iter().flat_map(|path| &path.segments);
    let blocking = segments.flat_map(|segment| segment.findings());
    let messages: BTreeSet<&str> =
        blocking.filter(|finding| finding.effect() == Effect::Blocks).map(|finding| finding.message.as_str()).collect();
    let because = messages.into_iter().next()?.to_owned();
    Some(Silent { service, because })
}

/// The `service` segment of an alias, which is nothing but a name in cluster DNS.
fn is_alias(cluster: &Cluster<'_>, segment: &Segment) -> bool {
    let Some(object) = segment.object.as_ref().filter(|_| segment.name == SegmentName::Service) else { return false };
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let found = cluster.snapshot.lookup::<Service>(namespace, &object.name).found();
    found.is_some_and(|service| service.is_external_name())
}

/// The command that shows the servers.
fn look(service: &ObjectRef) -> String {
    let namespace = service.namespace.as_deref().unwrap_or("kube-system");
    kubereach_model::evidence::command::list("pods", namespace)
}
