//! `gateway/certificate-unseen`: the certificate of a listener was not read.

use kubereach_reports::report::SegmentName;

use crate::checks::tls::{COULD, secrets};
use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{Assumes, CheckDoc, MayBeInTheWay, Obstacle, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "gateway/certificate-unseen",
    segment: SegmentName::Tls,
    title: "The certificate of a listener was not read",
    explanation: "The Secret with the certificate is not in the input or its values were masked, and the input does \
                  not prove that it does not exist. Collectors leave Secrets out on purpose, so it is taken to be in \
                  order, and the report says so once. What the listener's own status says of it is reported beside.",
    example: "An HTTPS listener in a dump without Secrets.",
    sources: &["Gateway API reference: ListenerTLSConfig.certificateRefs"],
});

/// For a Secret that was not read.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    // Its controller vouches for it.
    if cx.is_resolved() {
        return;
    }
    let gap = match cx.target {
        Trust::Unseen(gap) => gap.clone(),
        Trust::Masked(secret) => Gap::investigate(format!("the values of {} were masked", secret.object()), ""),
        _ => return,
    };
    let (listener, index) = (cx.listener.listener, cx.index);
    let secret = cx.secret();
    let message = format!("the certificate Secret {} of {} was not read", secret.name, listener.describe());
    let assumption = DOC
        .assumption(Obstacle::new(MayBeInTheWay::Secrets, gap), listener.owner.object(), message)
        .within(secret.namespace.as_deref())
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "tls", "certificateRefs", index])
        .could(COULD)
        .read_by(secrets());
    segment.assume(assumption, cx.listener.cluster.snapshot.strict);
}
