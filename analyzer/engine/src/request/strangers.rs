//! Kinds that only some implementation knows, where the specs are asked: one of which nothing was read is one that the
//! implementation does not know, which is assumed and said.
//!
//! Source: Gateway API reference: `HTTPRouteRule.backendRefs` (an invalid reference answers 500),
//! `BackendTLSPolicyValidation.caCertificateRefs`.

use kubereach_reports::report::{Assumption, Backend, SegmentName};

use super::Requests;
use super::assumed::row;
use kubereach_model::evidence::{Finding, Path};
use kubereach_model::snapshot::kinds;

const BACKEND: &str = "route/unevaluated-backend-kind";
const AUTHORITY: &str = "backend-tls/invalid-kind";

impl Requests<'_, '_> {
    /// Where the way ends for an implementation that does not know the kind, if that is all that is not known of it.
    pub(super) fn at_a_stranger<'f>(
        &self,
        path: &Path,
        backend: &Backend,
        mut unknown: impl Iterator<Item = &'f Finding>,
    ) -> Option<(SegmentName, Assumption)> {
        let first = unknown.next()?;
        let (segment, kind) = match first.code() {
            BACKEND => (SegmentName::Reference, backend.kind.clone()),
            AUTHORITY => (SegmentName::Tls, self.authority(path)?),
            _ => return None,
        };
        if unknown.any(|finding| finding.code() != first.code()) || !self.is_nowhere(&kind) {
            return None;
        }
        let text = format!("the implementation does not know the kind {kind}");
        let id = format!("request-kind-{kind}");
        Some((segment, row(&id, segment, &kind, text, "nothing of this kind was read".to_owned())))
    }

    /// The kind from which a policy of the path takes its authorities.
    fn authority(&self, path: &Path) -> Option<String> {
        let object = path.segments.iter().filter(|s| s.name == SegmentName::Tls).find_map(|s| s.object.as_ref())?;
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let policy = self.cluster.snapshot.backend_tls.named(namespace, &object.name).next()?;
        let references = &policy.get().value.spec.validation.ca_certificate_refs;
        references.iter().filter_map(|reference| reference.kind.clone()).find(|kind| kind != "ConfigMap")
    }

    fn is_nowhere(&self, kind: &str) -> bool {
        let is = |own: &str| own.eq_ignore_ascii_case(kind);
        kinds::by_name(kind).is_none()
            && !self
                .cluster
                .snapshot
                .unmodelled
                .iter()
                .any(|object| object.get().value.group_kind.as_ref().is_some_and(|own| is(&own.kind)))
    }
}
