//! `backend-tls/ca-unseen`: the authorities for the backend certificate were not read.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendCaContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "backend-tls/ca-unseen",
    segment: SegmentName::Tls,
    title: "The authorities for the backend certificate were not read",
    explanation: "The ConfigMap is not in the input, or its ca.crt could not be read as a certificate here. Whether the Gateway can verify the backend, and so connect to it at all, cannot be told.",
    example: "A BackendTLSPolicy in a dump without ConfigMaps.",
    sources: &["Gateway API reference: BackendTLSPolicyValidation.caCertificateRefs"],
});

/// For a reference that could not be followed.
pub(super) fn check(cx: &BackendCaContext<'_, '_>, segment: &mut Segment) {
    let Some(gap) = cx.target.unread_bundle() else { return };
    let (policy, name) = (cx.policy, cx.name);
    segment.add(
        DOC.finding(
            &gap,
            policy.object(),
            format!(
                "the ConfigMap {name} with the trusted authorities of BackendTLSPolicy {} could not be evaluated",
                policy.metadata.name
            ),
        )
        .next(
            "Check whether the ConfigMap exists and holds ca.crt.",
            command::list("configmaps", &policy.metadata.namespace),
        )
        .at(policy.origin, field!["spec", "validation", "caCertificateRefs"]),
    );
}
