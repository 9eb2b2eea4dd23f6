//! The `tls` segment of a Route: the router's own certificate, one in the Route, or one in a Secret.

use kubereach_reports::report::SegmentName;

use super::InlineCertificate;
use crate::evaluate::ingress::{SecretUser, certificate_evidence};
use crate::evaluate::service::Backends;
use crate::resolve::certificate::{inspect, judged_at, of_certificate};
use crate::resolve::openshift::Route;
use kubereach_model::evidence::Segment;
use kubereach_model::evidence::command::cut;
use kubereach_model::field;

/// `None` without TLS, and where TLS is passed through.
pub(super) fn segment(backends: &Backends<'_, '_>, route: Route<'_>) -> Option<Segment> {
    let (cluster, checks) = (backends.cluster, &backends.checks.door.openshift);
    let value = &route.get().value;
    let tls = value.spec.tls.as_ref().filter(|tls| tls.termination != "passthrough")?;
    let mut segment = Segment::new(SegmentName::Tls, Some(route.object()));
    let host = value.host();
    let hosts: &[&str] = if host.is_empty() || value.spec.wildcard_policy == "Subdomain" { &[] } else { &[host] };
    let external = tls.external_certificate.as_ref().map(|secret| secret.name.as_str()).filter(|name| !name.is_empty());
    if let Some(name) = external {
        let facts = inspect(cluster, &value.metadata.namespace, name, hosts);
        let field = (route.origin, field!["spec", "tls", "externalCertificate", "name"].into());
        let user = SecretUser { object: route.object(), field: Some(field) };
        segment.evaluated(certificate_evidence(&facts));
        for finding in checks.certificate.iter().filter_map(|check| check(&facts, &user)) {
            segment.add(finding);
        }
        for assumption in checks.certificate_unseen.iter().filter_map(|check| check(&facts, &user)) {
            segment.assume(assumption, cluster.snapshot.strict);
        }
        return Some(segment);
    }
    let Some(Ok(certificate)) = &tls.certificate.certificate else {
        segment.evaluated(if tls.certificate.is_empty() {
            "the router's own certificate"
        } else {
            "a certificate in the Route, which was not readable"
        });
        return Some(segment);
    };
    let soon = cluster.snapshot.thresholds.expires_soon_days;
    let facts = of_certificate(certificate, judged_at(cluster, certificate), hosts, soon);
    let names = cut(&certificate.names.join(", "));
    segment.evaluated(format!("a certificate in the Route, for {names} until {}", certificate.not_after));
    let inline = InlineCertificate { route, certificate, facts: &facts };
    for finding in checks.inline.iter().filter_map(|check| check(&inline)) {
        segment.add(finding);
    }
    Some(segment)
}
