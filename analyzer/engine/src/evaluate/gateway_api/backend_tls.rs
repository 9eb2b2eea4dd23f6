//! Encryption between the gateway and a backend.

use kubereach_reports::report::{PathState, SegmentName};

use super::context::{BackendCaContext, BackendTlsContext};
use super::evaluation::Evaluation;
use super::table::ask;
use crate::resolve::gateway::GROUP;
use crate::resolve::gateway::grants::End;
use crate::resolve::gateway::trust::{self, Trust};
use crate::resolve::route::backend::Target;
use kubereach_model::evidence::Segment;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{
    BackendTlsPolicy, ObjectReference, Resource as _, Route, RouteKind, Service, ServicePort,
};

/// The `tls` segment of a backend; `None` where nothing says that encryption plays a part.
pub(super) fn segment(
    evaluation: &Evaluation<'_, '_>,
    route: Found<'_, Route>,
    target: &Target<'_>,
    service: &Service,
    port: &ServicePort,
) -> Option<Segment> {
    if !matches!(route.kind, RouteKind::Http | RouteKind::Grpc) {
        return None;
    }
    let policies = evaluation.policies.of(&target.namespace, &target.name, port);
    let looks_encrypted = looks_encrypted(port);
    let only = service.spec.ports.len() == 1 || looks_encrypted;
    let number = port.port.known().map(u16::to_string);
    let mut astray = evaluation.policies.astray(&target.namespace, service);
    // One that names another port by a name of old is not for this one.
    astray.retain(|astray| only || number.as_deref() == Some(astray.section));
    let cx = BackendTlsContext { route, target, policies: policies.as_ref(), astray, looks_encrypted };
    let checks = evaluation.checks;
    let Some(policy) = policies.as_ref().map(|p| p.winner) else {
        if !cx.looks_encrypted && cx.astray.is_empty() {
            return None;
        }
        let mut segment = Segment::new(SegmentName::Tls, Some(route.object()));
        segment.evaluated("no BackendTLSPolicy");
        ask(checks.plain_backend, &cx, &mut segment);
        return Some(segment);
    };
    let mut segment = Segment::new(SegmentName::Tls, Some(policy.object_ref()));
    segment.evaluated(format!(
        "BackendTLSPolicy {}; the certificate of the backend itself cannot be read",
        policy.metadata.name
    ));
    ask(checks.backend_tls, &cx, &mut segment);
    authorities(evaluation, policy, &mut segment);
    if segment.state() == PathState::Open {
        ask(checks.backend_tls_status, &cx, &mut segment);
    }
    Some(segment)
}

/// Do name, number or application protocol of the port suggest HTTPS?
fn looks_encrypted(port: &ServicePort) -> bool {
    let https = |text: &str| text == "https" || text.starts_with("https-");
    let plain =
        port.app_protocol.as_deref().is_some_and(|p| matches!(p, "http" | "kubernetes.io/h2c" | "kubernetes.io/ws"));
    !plain && (https(&port.name) || port.app_protocol.as_deref().is_some_and(https) || port.port.known() == Some(&443))
}

fn authorities(evaluation: &Evaluation<'_, '_>, policy: Found<'_, BackendTlsPolicy>, segment: &mut Segment) {
    let owner = End { group: GROUP, kind: "BackendTLSPolicy", namespace: &policy.get().metadata.namespace };
    let refs = &policy.get().spec.validation.ca_certificate_refs;
    // The field knows no other namespace (API reference: `LocalObjectReference`).
    let local = |r: &ObjectReference| ObjectReference { namespace: None, ..r.clone() };
    let targets: Vec<Trust<'_>> = refs.iter().map(|r| trust::bundle(evaluation.cluster, owner, &local(r))).collect();
    let all_at_fault = targets.iter().all(|t| t.fault().is_some());
    for (reference, target) in refs.iter().zip(&targets) {
        let cx = BackendCaContext { policy, name: &reference.name, target, all_at_fault };
        ask(evaluation.checks.backend_ca, &cx, segment);
    }
}
