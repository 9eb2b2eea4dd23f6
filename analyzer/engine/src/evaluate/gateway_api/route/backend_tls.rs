//! Encryption between the gateway and a backend.

use kubereach_reports::report::SegmentName;

use crate::checks::backend_tls::{ca_unseen, condition_false, conflicted, invalid_kind, no_valid_ca, some_ca_invalid};
use crate::checks::route::https_backend_plain;
use crate::evaluate::gateway_api::Evaluation;
use crate::resolve::conditions::{Says, says};
use crate::resolve::gateway::GROUP;
use crate::resolve::gateway::grants::End;
use crate::resolve::gateway::trust::{self, Trust};
use crate::resolve::route::backend::Target;
use kubereach_model::evidence::Segment;
use kubereach_model::snapshot::model::{BackendTlsPolicy, Resource as _, Route, RouteKind, ServicePort};
use kubereach_model::snapshot::{Found, Gap, Proof};

/// The `tls` segment of a backend; `None` where nothing says that encryption plays a part.
pub(crate) fn segment(
    evaluation: &Evaluation<'_, '_>,
    route: Found<'_, Route>,
    target: &Target<'_>,
    port: &ServicePort,
) -> Option<Segment> {
    if !matches!(route.kind, RouteKind::Http | RouteKind::Grpc) {
        return None;
    }
    let Some(chosen) = evaluation.policies.of(&target.namespace, &target.name, port) else {
        if !looks_encrypted(port) {
            return None;
        }
        let mut segment = Segment::new(SegmentName::Tls, Some(route.object()));
        segment.evaluated("no BackendTLSPolicy");
        segment.add(https_backend_plain::finding(route, target));
        return Some(segment);
    };
    let policy = chosen.winner;
    let mut segment = Segment::new(SegmentName::Tls, Some(policy.object_ref()));
    segment.evaluated(format!(
        "BackendTLSPolicy {}; the certificate of the backend itself cannot be read",
        policy.metadata.name
    ));
    for loser in &chosen.losers {
        segment.add(conflicted::finding(*loser, policy, chosen.order_unknown));
    }
    authorities(&mut segment, evaluation, policy);
    if segment.state() == kubereach_reports::report::PathState::Open {
        status(&mut segment, policy);
    }
    Some(segment)
}

fn looks_encrypted(port: &ServicePort) -> bool {
    let says = |text: &str| text == "https" || text.starts_with("https-");
    let plain =
        port.app_protocol.as_deref().is_some_and(|p| matches!(p, "http" | "kubernetes.io/h2c" | "kubernetes.io/ws"));
    !plain && (says(&port.name) || port.app_protocol.as_deref().is_some_and(says) || port.port.known() == Some(&443))
}

fn authorities(segment: &mut Segment, evaluation: &Evaluation<'_, '_>, policy: Found<'_, BackendTlsPolicy>) {
    let own = End { group: GROUP, kind: "BackendTLSPolicy", namespace: &policy.get().metadata.namespace };
    let refs = &policy.get().spec.validation.ca_certificate_refs;
    // The field knows no other namespace (API reference: `LocalObjectReference`).
    let all: Vec<Trust<'_>> = refs
        .iter()
        .map(|r| {
            let local = kubereach_model::snapshot::model::ObjectReference { namespace: None, ..r.clone() };
            trust::bundle(evaluation.cluster, own, &local)
        })
        .collect();
    let hopeless = all.iter().all(|t| why_not(t).is_some());
    for (reference, found) in refs.iter().zip(&all) {
        let name = &reference.name;
        segment.add(match found {
            Trust::OtherKind(kind) => invalid_kind::finding(policy, kind, name),
            Trust::Unseen(gap) | Trust::PermissionUnseen(gap) => ca_unseen::finding(policy, name, gap),
            Trust::BundleUnreadable(_, why) => {
                ca_unseen::finding(policy, name, &Gap::investigate("its ca.crt was not understood here", why.clone()))
            }
            other => match why_not(other) {
                Some((why, proof)) if hopeless => no_valid_ca::finding(policy, name, why, &proof),
                Some((why, _)) => some_ca_invalid::finding(policy, name, why),
                None => continue,
            },
        });
    }
}

fn why_not(found: &Trust<'_>) -> Option<(&'static str, Proof)> {
    match found {
        Trust::Missing(absence) => Some(("does not exist", absence.proof())),
        Trust::BundleMissing(map) => Some(("holds no ca.crt", map.shows("it has no key ca.crt"))),
        _ => None,
    }
}

fn status(segment: &mut Segment, policy: Found<'_, BackendTlsPolicy>) {
    let Some(status) = &policy.get().status else { return };
    let generation = &policy.get().metadata.generation;
    let said = |kind: &str| status.ancestors.iter().map(|a| says(&a.conditions, kind, generation)).collect::<Vec<_>>();
    for kind in ["Accepted", "ResolvedRefs"] {
        let all = said(kind);
        if all.iter().any(Says::is_yes) {
            continue;
        }
        if let Some(Says::No(condition)) = all.into_iter().find(|s| matches!(s, Says::No(_))) {
            return segment.add(condition_false::finding(policy, condition));
        }
    }
}
