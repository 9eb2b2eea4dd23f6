//! `backend-tls/some-ca-invalid`: one of several references to authorities is invalid.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendCaContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "backend-tls/some-ca-invalid",
    segment: SegmentName::Tls,
    title: "One of several references to authorities is invalid",
    explanation: "A BackendTLSPolicy names several sources of authorities; one is valid and one is not. Which \
                  connections fail depends on which authority issued the certificate of the backend.",
    example: "caCertificateRefs: [{kind: ConfigMap, name: good}, {kind: ConfigMap, name: not-there}]",
    sources: &["Gateway API reference: BackendTLSPolicyValidation.caCertificateRefs"],
});

/// For a reference that can serve nobody, beside one that may.
pub(super) fn check(cx: &BackendCaContext<'_, '_>, segment: &mut Segment) {
    if cx.all_at_fault {
        return;
    }
    let Some((why, _)) = cx.target.fault() else { return };
    let (policy, name) = (cx.policy, cx.name);
    let gap = Gap::investigate(
        "which authority issued the certificate of the backend is not known",
        "one of several sources of authorities is invalid",
    );
    segment.add(
        DOC.finding(
            &gap,
            policy.object(),
            format!(
                "one of several sources of authorities of BackendTLSPolicy {} is invalid: {name} {why}",
                policy.metadata.name
            ),
        )
        .next("Correct or remove the reference.", command::describe(&policy.object()))
        .at(policy.origin, field!["spec", "validation", "caCertificateRefs"]),
    );
}
