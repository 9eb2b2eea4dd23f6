//! `gateway/invalid-client-certificate`: the certificate the Gateway shows to backends cannot be used.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
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

/// For a reference that cannot serve.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    let why = match cx.target {
        Trust::OtherKind(kind) => format!("is a {kind}, which is not evaluated"),
        other => match other.fault() {
            Some((why, _)) => why,
            None => return,
        },
    };
    let Some(gateway) = cx.listener.gateway.map(|g| g.gateway) else { return };
    let name = cx.name;
    let gap = Gap::investigate(
        "which backends demand the certificate is not known",
        format!("the client certificate {name} {why}"),
    );
    segment.add(
        DOC.finding(
            &gap,
            gateway.object(),
            format!("the certificate {name} that Gateway {} shows to backends {why}", gateway.metadata.name),
        )
        .cause("backends that verify their clients refuse connections without it")
        .next("Create or correct the Secret.", command::list("secrets", &gateway.metadata.namespace))
        .at(gateway.origin, field!["spec", "tls", "backend", "clientCertificateRef"]),
    );
}
