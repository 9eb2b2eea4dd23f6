//! The `tls` segment of an `HTTPProxy`: the Secret of its root.

use kubereach_reports::report::SegmentName;

use crate::evaluate::ingress::{SecretUser, certificate_evidence};
use crate::evaluate::service::Backends;
use crate::resolve::certificate::inspect;
use crate::resolve::contour::Proxy;
use crate::resolve::contour::secret::name;
use kubereach_model::evidence::Segment;
use kubereach_model::field;

/// `None` without a Secret.
pub(super) fn segment(backends: &Backends<'_, '_>, root: Proxy<'_>) -> Option<Segment> {
    let (cluster, checks) = (backends.cluster, &backends.checks.door.contour);
    let value = &root.get().value;
    let host = value.spec.virtualhost.as_ref()?;
    let secret = host.tls.as_ref().map(|tls| tls.secret_name.trim()).filter(|name| !name.is_empty())?;
    let (namespace, name) = name(secret, &value.metadata.namespace);
    let facts = inspect(cluster, namespace, name, &[host.fqdn.as_str()]);
    let field = (root.origin, field!["spec", "virtualhost", "tls", "secretName"].into());
    let user = SecretUser { object: root.object(), field: Some(field) };
    let mut segment = Segment::new(SegmentName::Tls, Some(root.object()));
    segment.evaluated(certificate_evidence(&facts));
    for finding in checks.certificate.iter().filter_map(|check| check(&facts, &user)) {
        segment.add(finding);
    }
    for assumption in checks.certificate_unseen.iter().filter_map(|check| check(&facts, &user)) {
        segment.assume(assumption, cluster.snapshot.strict);
    }
    Some(segment)
}
