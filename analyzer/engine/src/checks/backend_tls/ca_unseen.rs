//! `backend-tls/ca-unseen`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::BackendTlsPolicy;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "backend-tls/ca-unseen",
    segment: SegmentName::Tls,
    title: "The authorities for the backend certificate were not read",
    explanation: "The ConfigMap is not in the input, or its ca.crt could not be read as a certificate here. Whether the Gateway can verify the backend, and so connect to it at all, cannot be told.",
    example: "A BackendTLSPolicy in a dump without ConfigMaps.",
    sources: &["Gateway API reference: BackendTLSPolicyValidation.caCertificateRefs"],
});

/// For a reference that could not be followed.
pub fn finding(policy: Found<'_, BackendTlsPolicy>, name: &str, gap: &Gap) -> Finding {
    DOC.finding(
        gap,
        policy.object(),
        format!(
            "the ConfigMap {name} with the trusted authorities of BackendTLSPolicy {} could not be evaluated",
            policy.metadata.name
        ),
    )
    .next("look whether the ConfigMap exists and holds ca.crt", command::list("configmaps", &policy.metadata.namespace))
    .at(policy.origin, field!["spec", "validation", "caCertificateRefs"])
}
