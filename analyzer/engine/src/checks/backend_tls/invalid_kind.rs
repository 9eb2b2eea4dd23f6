//! `backend-tls/invalid-kind`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::BackendTlsPolicy;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "backend-tls/invalid-kind",
    segment: SegmentName::Tls,
    title: "The authorities are of another kind than ConfigMap",
    explanation: "Every implementation takes a ConfigMap with the key ca.crt. Others (a Secret, a kind of their own) \
                  are up to the implementation; one that does not know the kind answers with a 5xx.",
    example: "caCertificateRefs: [{group: invalid.example, kind: Bundle, name: ca}]",
    sources: &["Gateway API reference: BackendTLSPolicyValidation.caCertificateRefs"],
});

/// For a reference of another kind.
pub fn finding(policy: Found<'_, BackendTlsPolicy>, kind: &str, name: &str) -> Finding {
    let kind = command::cut(kind);
    let gap = Gap::investigate(
        format!("authorities in a {kind} are not evaluated"),
        "only ConfigMaps are supported by every implementation",
    );
    DOC.finding(
        &gap,
        policy.object(),
        format!(
            "BackendTLSPolicy {} takes the trusted authorities from {kind} {name}, which only some controllers support",
            policy.metadata.name
        ),
    )
    .next(
        "use a ConfigMap with the key ca.crt, or look at the policy's conditions",
        command::describe(&policy.object()),
    )
    .at(policy.origin, field!["spec", "validation", "caCertificateRefs"])
}
