//! `gateway/ca-certificate-unseen`: the authorities for client certificates were not read.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/ca-certificate-unseen",
    segment: SegmentName::Tls,
    title: "The authorities for client certificates were not read",
    explanation: "The ConfigMap, or the ReferenceGrants that would allow it, are not in the input, or its ca.crt could \
                  not be read as a certificate here.",
    example: "An HTTPS listener with client validation in a dump without ConfigMaps.",
    sources: &["Gateway API reference: FrontendTLSValidation.caCertificateRefs"],
});

/// For a reference that could not be followed.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    let Some(gap) = cx.target.unread_bundle() else { return };
    let (listener, name) = (cx.listener.listener, cx.name);
    segment.add(
        DOC.finding(
            &gap,
            listener.owner.object(),
            format!(
                "the ConfigMap {name} with the authorities for client certificates of {} could not be evaluated",
                listener.describe()
            ),
        )
        .next("Look at the listener's conditions.", command::describe(&listener.owner.object())),
    );
}
