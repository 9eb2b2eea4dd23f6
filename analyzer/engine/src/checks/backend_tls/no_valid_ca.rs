//! `backend-tls/no-valid-ca`: the authorities for the backend certificate cannot be read.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendCaContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "backend-tls/no-valid-ca",
    segment: SegmentName::Tls,
    title: "The authorities for the backend certificate cannot be read",
    explanation: "The Gateway is told to encrypt the way to the backend and to check its certificate. The ConfigMaps \
                  with the trusted authorities do not exist or have no key ca.crt, and no other reference is valid. \
                  The specification demands that such connections fail with a 5xx answer.",
    example: "\
kind: BackendTLSPolicy
spec: {validation: {caCertificateRefs: [{kind: ConfigMap, name: not-there}]}}",
    sources: &["Gateway API reference: BackendTLSPolicyValidation.caCertificateRefs"],
});

/// For a reference that can serve nobody, where no other is valid.
pub(super) fn check(cx: &BackendCaContext<'_, '_>, segment: &mut Segment) {
    if !cx.all_at_fault {
        return;
    }
    let Some((why, proof)) = cx.target.fault() else { return };
    let (policy, name) = (cx.policy, cx.name);
    segment.add(
        DOC.finding(
            &proof,
            policy.object(),
            format!(
                "BackendTLSPolicy {} makes every request fail: the ConfigMap {name} with the trusted authorities {why}",
                policy.metadata.name
            ),
        )
        .cause("the gateway must check the backend's certificate and has nothing valid to check it against")
        .next("Create or correct the ConfigMap.", command::list("configmaps", &policy.metadata.namespace))
        .at(policy.origin, field!["spec", "validation", "caCertificateRefs"]),
    );
}
