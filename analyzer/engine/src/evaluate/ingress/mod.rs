//! Ingresses: who serves them, which rule takes a request, and what it leads to.

mod answer;
pub(crate) mod assemble;
mod certificates;
pub(crate) mod door;
mod fallback;
mod location;
mod nginx;
#[cfg(test)]
#[cfg(unix)]
mod nginx_tests;
mod path;

use std::sync::Arc;

use rayon::prelude::*;

use crate::evaluate::service::Backends;
use crate::resolve::certificate::CertificateFacts;
use crate::resolve::entries::UnmodelledEntries;
use crate::resolve::ingress::Ingresses;
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{Assumption, Finding, Path, Segment, SubjectPaths};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;

pub(crate) use certificates::evidence as certificate_evidence;
pub use certificates::{Certificate, SecretUser, TlsEntry};
pub use path::{Fallback, FollowedPath, IngressPath, StandIn};

/// The door of this area.
pub(crate) static DOOR: door::IngressDoor = door::IngressDoor;

/// Every subject of this area.
pub fn subjects(backends: &Backends<'_, '_>) -> Vec<SubjectPaths> {
    let cluster = backends.cluster;
    if cluster.snapshot.ingresses.is_empty() {
        return Vec::new();
    }
    let all = Ingresses::of(cluster);
    let entries = UnmodelledEntries::of(cluster);
    let subject = |state| {
        let listener = Arc::new(assemble::listener(state));
        assemble::subject(backends, &all, &entries, state, &|_| Arc::clone(&listener))
    };
    all.states.par_iter().map(subject).collect()
}

/// A check that looks at an Ingress and what stands before its rules.
pub type StateCheck = fn(&IngressState<'_>, &mut Segment);
/// A check that looks at one declared path.
pub type PathCheck = fn(&IngressPath<'_, '_>, &mut Segment);
/// A check that looks at a path with what lies behind it.
pub type FollowedCheck = fn(&FollowedPath<'_, '_>, &mut Segment);
/// A check that looks at the Service which answers in the place of another.
pub type FallbackCheck = fn(&Fallback<'_, '_>) -> Option<Finding>;
/// A check that looks at pods that a load balancer uses although they are not ready.
pub type FailsOpenCheck = fn(&IngressPath<'_, '_>, Found<'_, Pod>) -> Finding;
/// A check that looks at an entry of `spec.tls`.
pub type TlsCheck = fn(&TlsEntry<'_, '_>) -> Option<Finding>;
/// A check that looks at a TLS Secret and who refers to it.
pub type CertificateCheck = fn(&CertificateFacts<'_>, &SecretUser) -> Option<Finding>;
/// A check of what is not known of a TLS Secret, which no collector takes.
pub type CertificateAssumption = fn(&CertificateFacts<'_>, &SecretUser) -> Option<Assumption>;
/// A check whose findings stand beside the paths of an Ingress.
pub type NoteCheck = fn(&IngressState<'_>, &[Path]) -> Vec<Finding>;

/// The checks of Ingresses.
#[derive(Debug)]
pub struct CheckTable {
    /// Of the `address` segment.
    pub address: &'static [StateCheck],
    /// Of the `controller` segment.
    pub controller: &'static [StateCheck],
    /// Of the `rule` segment.
    pub rule: &'static [PathCheck],
    /// Of the `reference` segment, before the Service is followed.
    pub reference: &'static [PathCheck],
    /// Of the `reference` segment, once it was.
    pub followed: &'static [FollowedCheck],
    /// Of the `endpoints` segment of a Service that answers in the place of another.
    pub fallback: &'static [FallbackCheck],
    /// Of the `endpoints` segment of a Service whose pods a load balancer uses although they are not ready.
    pub fails_open: &'static [FailsOpenCheck],
    /// Of the `tls` segment where TLS is to be passed through unopened.
    pub passthrough: &'static [StateCheck],
    /// Of the `tls` segment: what the entry says.
    pub tls: &'static [TlsCheck],
    /// Of the `tls` segment: the Secret it names.
    pub certificate: &'static [CertificateCheck],
    /// Of the `tls` segment: what was not read of the Secret.
    pub certificate_unseen: &'static [CertificateAssumption],
    /// Beside the paths.
    pub notes: &'static [NoteCheck],
}
