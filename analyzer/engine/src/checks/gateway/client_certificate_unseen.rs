//! `gateway/client-certificate-unseen`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Gateway;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/client-certificate-unseen",
    segment: SegmentName::Tls,
    title: "The certificate the Gateway shows to backends was not read",
    explanation: "The Secret, or the ReferenceGrants that would allow it, are not in the input. Whether the Gateway can present its client certificate to backends that ask for one cannot be told.",
    example: "A Gateway with spec.tls.backend in a dump without Secrets.",
    sources: &["Gateway API reference: GatewayBackendTLS.clientCertificateRef"],
});

/// For a reference that could not be followed.
pub fn finding(gateway: Found<'_, Gateway>, name: &str, gap: &Gap) -> Finding {
    DOC.finding(
        gap,
        gateway.object(),
        format!("the certificate {name} that Gateway {} shows to backends was not read", gateway.metadata.name),
    )
    .next("look at the Gateway's conditions", command::describe(&gateway.object()))
    .at(gateway.origin, field!["spec", "tls", "backend", "clientCertificateRef"])
}
