//! `backend-tls/some-ca-invalid`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::BackendTlsPolicy;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "backend-tls/some-ca-invalid",
    segment: SegmentName::Tls,
    title: "One of several references to authorities is invalid",
    explanation: "A BackendTLSPolicy names several sources of authorities; one is valid and one is not. Which \
                  connections fail depends on which authority issued the certificate of the backend.",
    example: "caCertificateRefs: [{kind: ConfigMap, name: good}, {kind: ConfigMap, name: not-there}]",
    sources: &["Gateway API reference: BackendTLSPolicyValidation.caCertificateRefs"],
});

/// For a reference that is invalid beside a valid one; `why` is a clause.
pub fn finding(policy: Found<'_, BackendTlsPolicy>, name: &str, why: &str) -> Finding {
    let gap = Gap::investigate(
        "which authority issued the certificate of the backend is not known",
        "one of several sources of authorities is invalid",
    );
    DOC.finding(
        &gap,
        policy.object(),
        format!(
            "one of several sources of authorities of BackendTLSPolicy {} is invalid: {name} {why}",
            policy.metadata.name
        ),
    )
    .next("correct or remove the reference", command::describe(&policy.object()))
    .at(policy.origin, field!["spec", "validation", "caCertificateRefs"])
}
