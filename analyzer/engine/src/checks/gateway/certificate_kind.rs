//! `gateway/certificate-kind`: the certificate is of a kind that only some controllers know.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/certificate-kind",
    segment: SegmentName::Tls,
    title: "The certificate is of a kind that only some controllers know",
    explanation: "certificateRefs names something other than a core Secret. Support for other kinds is up to the \
                  implementation; one that does not know the kind does not serve the listener.",
    example: "tls: {certificateRefs: [{group: vault.example, kind: Certificate, name: web}]}",
    sources: &["Gateway API reference: ListenerTLSConfig.certificateRefs"],
});

/// For a reference to another kind that no controller says it resolved.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    let Trust::OtherKind(kind) = cx.target else { return };
    if cx.is_resolved() {
        return;
    }
    let (listener, index) = (cx.listener.listener, cx.index);
    let kind = command::cut(kind);
    let gap = Gap::investigate(
        format!("certificates of kind {kind} are not evaluated"),
        "only Secrets are supported by every implementation",
    );
    segment.add(
        DOC.finding(
            &gap,
            listener.owner.object(),
            format!("{} takes its certificate from a {kind}, which is not evaluated", listener.describe()),
        )
        .next("Check whether the controller accepts the listener.", command::describe(&listener.owner.object()))
        .at(
            listener.owner.origin(),
            field!["spec", "listeners", listener.index, "tls", "certificateRefs", index, "kind"],
        ),
    );
}
