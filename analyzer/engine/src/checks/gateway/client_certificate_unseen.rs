//! `gateway/client-certificate-unseen`: the certificate the Gateway shows to backends was not read.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/client-certificate-unseen",
    segment: SegmentName::Tls,
    title: "The certificate the Gateway shows to backends was not read",
    explanation: "The Secret, or the ReferenceGrants that would allow it, are not in the input. Whether the Gateway can present its client certificate to backends that ask for one cannot be told.",
    example: "A Gateway with spec.tls.backend in a dump without Secrets.",
    sources: &["Gateway API reference: GatewayBackendTLS.clientCertificateRef"],
});

/// For a reference that could not be followed.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    let (Trust::Unseen(gap) | Trust::PermissionUnseen(gap)) = cx.target else { return };
    let Some(gateway) = cx.listener.gateway.map(|g| g.gateway) else { return };
    let name = cx.name;
    segment.add(
        DOC.finding(
            gap,
            gateway.object(),
            format!("the certificate {name} that Gateway {} shows to backends was not read", gateway.metadata.name),
        )
        .next("Look at the Gateway's conditions.", command::describe(&gateway.object()))
        .at(gateway.origin, field!["spec", "tls", "backend", "clientCertificateRef"]),
    );
}
