//! `gateway/certificate-unseen`: the certificate of a listener was not read.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/certificate-unseen",
    segment: SegmentName::Tls,
    title: "The certificate of a listener was not read",
    explanation: "The Secret with the certificate is not in the input, and the input does not prove that it does not \
                  exist. Many collectors leave Secrets out on purpose.",
    example: "An HTTPS listener in a dump without Secrets.",
    sources: &["Gateway API reference: ListenerTLSConfig.certificateRefs"],
});

/// For a Secret that was not read.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    let Trust::Unseen(gap) = cx.target else { return };
    let (listener, index) = (cx.listener.listener, cx.index);
    let secret = cx.secret();
    let command = command::get(&secret, "");
    segment.add(
        DOC.finding(
            gap,
            listener.owner.object(),
            format!("the certificate Secret {} of {} was not read", secret.name, listener.describe()),
        )
        .next("Check whether the Secret exists.", command)
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "tls", "certificateRefs", index])
        .relates(secret, "the Secret it names"),
    );
}
