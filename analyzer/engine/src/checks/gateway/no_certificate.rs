//! `gateway/no-certificate`: a listener that decrypts names no certificate.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ListenerContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/no-certificate",
    segment: SegmentName::Tls,
    title: "A listener that decrypts names no certificate",
    explanation: "HTTPS and TLS listeners in mode Terminate need a certificate. None is named. Some implementations \
                  take one from their own options or from elsewhere; others refuse the listener.",
    example: "listeners: [{name: https, port: 443, protocol: HTTPS}]",
    sources: &["Gateway API reference: ListenerTLSConfig.certificateRefs"],
});

/// For a listener that terminates TLS and has no certificateRefs.
pub(super) fn check(cx: &ListenerContext<'_, '_>, segment: &mut Segment) {
    if cx.certificate_refs().is_none_or(|refs| !refs.is_empty()) || cx.certificate_elsewhere().is_some() {
        return;
    }
    let listener = cx.listener;
    let gap = Gap::investigate(
        "where the certificate comes from is not known",
        "certificateRefs is empty and implementations differ",
    );
    segment.add(
        DOC.finding(
            &gap,
            listener.owner.object(),
            format!("{} is to decrypt {}, but names no certificate", listener.describe(), listener.spec.protocol),
        )
        .cause("without a certificate most controllers do not serve the listener")
        .next(
            "Name a Secret of type kubernetes.io/tls in certificateRefs.",
            command::describe(&listener.owner.object()),
        )
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "tls"]),
    );
}
