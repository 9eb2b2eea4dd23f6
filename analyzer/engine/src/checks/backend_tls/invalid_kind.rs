//! `backend-tls/invalid-kind`: the authorities are of another kind than ConfigMap.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendCaContext;
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "backend-tls/invalid-kind",
    segment: SegmentName::Tls,
    title: "The authorities are of another kind than ConfigMap",
    explanation: "Every implementation takes a ConfigMap with the key ca.crt. Others (a Secret, a kind of their own) \
                  are up to the implementation; one that does not know the kind answers with a 5xx.",
    example: "caCertificateRefs: [{group: invalid.example, kind: Bundle, name: ca}]",
    sources: &["Gateway API reference: BackendTLSPolicyValidation.caCertificateRefs"],
});

/// For a reference to another kind.
pub(super) fn check(cx: &BackendCaContext<'_, '_>, segment: &mut Segment) {
    let Trust::OtherKind(kind) = cx.target else { return };
    let (policy, name) = (cx.policy, cx.name);
    let kind = command::cut(kind);
    let gap = Gap::investigate(
        format!("authorities in a {kind} are not evaluated"),
        "only ConfigMaps are supported by every implementation",
    );
    segment.add(
    DOC.finding(
        &gap,
        policy.object(),
        format!(
            "BackendTLSPolicy {} takes the trusted authorities from {kind} {name}, which only some controllers support",
            policy.metadata.name
        ),
    )
    .next(
        "Use a ConfigMap with the key ca.crt, or look at the policy's conditions.",
        command::describe(&policy.object()),
    )
    .at(policy.origin, field!["spec", "validation", "caCertificateRefs"]),
    );
}
