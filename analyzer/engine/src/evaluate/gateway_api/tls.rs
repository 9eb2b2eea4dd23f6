//! Certificates of a listener, authorities for clients, the certificate shown to backends.

use kubereach_reports::report::SegmentName;

use super::context::{CertificateRefContext, CertificatesContext, ListenerContext};
use super::table::{CheckTable, ask};
use crate::evaluate::Cluster;
use crate::resolve::gateway::grants::End;
use crate::resolve::gateway::listener::{ListenerState, Owner};
use crate::resolve::gateway::trust::{self, Trust};
use crate::resolve::gateway::{GROUP, hostname};
use kubereach_model::evidence::Segment;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Certificate, ObjectReference, Secret};

/// The `tls` segment of a listener; `None` where encryption plays no part.
pub(super) fn of_listener(checks: &CheckTable, cx: &ListenerContext<'_, '_>) -> Option<Segment> {
    let mut segment = Segment::new(SegmentName::Tls, Some(cx.listener.owner.object()));
    let mut matters = true;
    if let Some(refs) = cx.certificate_refs() {
        certificates(checks, cx, refs, &mut segment);
    } else if cx.listener.spec.protocol == "TLS" {
        segment.evaluated("passed through; the certificate is the backend's");
    } else {
        matters = false;
    }
    ask(checks.listener_tls, cx, &mut segment);
    clients(checks, cx, &mut segment);
    matters |= towards_backends(checks, cx, &mut segment);
    matters.then_some(segment)
}

/// The check of names for a host of a route that the listener itself does not name.
pub(super) fn route_host(
    checks: &CheckTable,
    cluster: &Cluster<'_>,
    listener: &ListenerState<'_>,
    host: &str,
    segment: &mut Segment,
) {
    if !listener.terminates_tls() || hostname::normal(listener.spec.hostname.as_deref()).as_deref() == Some(host) {
        return;
    }
    let refs: &[ObjectReference] = listener.spec.tls.as_ref().map(|t| &*t.certificate_refs).unwrap_or_default();
    if let Some(certificates) = readable(&key_pairs(cluster, listener, refs)) {
        let cx = CertificatesContext { cluster, listener, certificates, host: Some(host) };
        ask(checks.certificate_names, &cx, segment);
    }
}

fn end(owner: Owner<'_>) -> End<'_> {
    End { group: GROUP, kind: owner.kind(), namespace: owner.namespace() }
}

fn key_pairs<'s>(cluster: &Cluster<'s>, listener: &ListenerState<'_>, refs: &[ObjectReference]) -> Vec<Trust<'s>> {
    refs.iter().map(|r| trust::key_pair(cluster, end(listener.owner), r)).collect()
}

fn certificates(checks: &CheckTable, cx: &ListenerContext<'_, '_>, refs: &[ObjectReference], segment: &mut Segment) {
    if refs.is_empty() {
        return segment.evaluated("no certificate named");
    }
    let targets = key_pairs(cx.cluster, cx.listener, refs);
    let all_at_fault = targets.iter().all(|t| t.fault().is_some());
    for (index, (reference, target)) in refs.iter().zip(&targets).enumerate() {
        let cx = CertificateRefContext {
            listener: cx,
            index,
            namespace: reference.namespace.as_deref().unwrap_or(cx.listener.owner.namespace()),
            name: &reference.name,
            target,
            all_at_fault,
        };
        ask(checks.certificate_ref, &cx, segment);
    }
    let names: Vec<&str> = refs.iter().map(|r| r.name.as_str()).take(3).collect();
    segment.evaluated(format!("certificate {}", names.join(", ")));
    if let Some(certificates) = readable(&targets) {
        let host = hostname::normal(cx.listener.spec.hostname.as_deref());
        let cx =
            CertificatesContext { cluster: cx.cluster, listener: cx.listener, certificates, host: host.as_deref() };
        ask(checks.certificate_names, &cx, segment);
        ask(checks.certificate_validity, &cx, segment);
    }
}

/// The certificates, only if every one could be read: an unread one may be the right one.
fn readable<'s>(targets: &[Trust<'s>]) -> Option<Vec<(Found<'s, Secret>, &'s Certificate)>> {
    targets
        .iter()
        .map(|t| match t {
            Trust::KeyPair(secret) | Trust::OtherType(secret) => match &secret.get().certificate {
                Some(Ok(certificate)) => Some((*secret, certificate)),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

/// The authorities that certificates of clients are checked against.
fn clients(checks: &CheckTable, cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    let Some((validation, owner)) = cx.client_validation() else { return };
    let refs = &validation.ca_certificate_refs;
    let targets: Vec<Trust<'_>> = refs.iter().map(|r| trust::bundle(cx.cluster, end(owner), r)).collect();
    let all_at_fault = targets.iter().all(|t| t.fault().is_some());
    for (index, (reference, target)) in refs.iter().zip(&targets).enumerate() {
        let cx = CertificateRefContext {
            listener: cx,
            index,
            namespace: reference.namespace.as_deref().unwrap_or(owner.namespace()),
            name: &reference.name,
            target,
            all_at_fault,
        };
        ask(checks.client_ca, &cx, segment);
    }
}

/// The certificate the Gateway shows to backends. Returns whether there is one.
fn towards_backends(checks: &CheckTable, cx: &ListenerContext<'_, '_>, segment: &mut Segment) -> bool {
    let Some(gateway) = cx.gateway.map(|g| g.gateway) else { return false };
    let backend = gateway.get().spec.tls.as_ref().and_then(|t| t.backend.as_ref());
    let Some(reference) = backend.and_then(|b| b.client_certificate_ref.as_ref()) else { return false };
    let owner = Owner::Gateway(gateway);
    let target = trust::key_pair(cx.cluster, end(owner), reference);
    segment.evaluated(format!("client certificate {} towards backends", reference.name));
    let cx = CertificateRefContext {
        listener: cx,
        index: 0,
        namespace: reference.namespace.as_deref().unwrap_or(owner.namespace()),
        name: &reference.name,
        target: &target,
        all_at_fault: target.fault().is_some(),
    };
    ask(checks.client_certificate, &cx, segment);
    true
}
