//! `backend-tls/no-valid-ca`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::BackendTlsPolicy;
use kubereach_model::snapshot::{Found, Proof};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
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

/// `why` is a clause about the ConfigMap `name`.
pub fn finding(policy: Found<'_, BackendTlsPolicy>, name: &str, why: &str, proof: &Proof) -> Finding {
    DOC.finding(
        proof,
        policy.object(),
        format!(
            "BackendTLSPolicy {} makes every request fail: the ConfigMap {name} with the trusted authorities {why}",
            policy.metadata.name
        ),
    )
    .cause("the gateway must check the backend's certificate and has nothing valid to check it against")
    .next("create or correct the ConfigMap", command::list("configmaps", &policy.metadata.namespace))
    .at(policy.origin, field!["spec", "validation", "caCertificateRefs"])
}
