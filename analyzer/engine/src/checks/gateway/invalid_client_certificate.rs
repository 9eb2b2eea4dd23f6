//! `gateway/invalid-client-certificate`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Gateway;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/invalid-client-certificate",
    segment: SegmentName::Tls,
    title: "The certificate the Gateway shows to backends cannot be used",
    explanation: "spec.tls.backend.clientCertificateRef names the certificate that the Gateway presents to backends \
                  that ask for one. It does not exist, is not permitted, or is not usable. Backends that demand it \
                  refuse the Gateway; others are not concerned, and some implementations refuse the Gateway as a \
                  whole.",
    example: "spec: {tls: {backend: {clientCertificateRef: {name: not-there}}}}",
    sources: &["Gateway API reference: GatewayBackendTLS.clientCertificateRef"],
});

/// `why` is a clause about the reference.
pub fn finding(gateway: Found<'_, Gateway>, name: &str, why: &str) -> Finding {
    let gap = Gap::investigate(
        "which backends demand the certificate is not known",
        format!("the client certificate {name} {why}"),
    );
    DOC.finding(
        &gap,
        gateway.object(),
        format!("the certificate {name} that Gateway {} shows to backends {why}", gateway.metadata.name),
    )
    .cause("backends that verify their clients refuse connections without it")
    .next("create or correct the Secret", command::list("secrets", &gateway.metadata.namespace))
    .at(gateway.origin, field!["spec", "tls", "backend", "clientCertificateRef"])
}
