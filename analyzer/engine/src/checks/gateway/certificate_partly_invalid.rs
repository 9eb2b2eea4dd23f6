//! `gateway/certificate-partly-invalid`: one of several certificates cannot be used.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/certificate-partly-invalid",
    segment: SegmentName::Tls,
    title: "One of several certificates cannot be used",
    explanation: "A listener names several certificates; at least one is usable and at least one is not. What then \
                  happens is up to the implementation: some serve what is valid, some refuse the listener.",
    example: "tls: {certificateRefs: [{name: good}, {name: not-there}]}",
    sources: &["Gateway API reference: ListenerTLSConfig.certificateRefs"],
});

/// For a reference that can serve nobody, beside one that may.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    if cx.all_at_fault {
        return;
    }
    let Some((why, _)) = cx.target.fault() else { return };
    let secret = cx.name;
    let (listener, index) = (cx.listener.listener, cx.index);
    let gap = Gap::investigate(
        "whether the controller serves the listener with the remaining certificates is not known",
        "implementations differ",
    );
    segment.add(
        DOC.finding(
            &gap,
            listener.owner.object(),
            format!("one of several certificates of {} cannot be used: {secret} {why}", listener.describe()),
        )
        .next("Create or correct the Secret.", command::describe(&listener.owner.object()))
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index, "tls", "certificateRefs", index]),
    );
}
