//! `gateway/some-ca-invalid`: one of several references to authorities is invalid.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/some-ca-invalid",
    segment: SegmentName::Tls,
    title: "One of several references to authorities is invalid",
    explanation: "Client validation names several sources of authorities; one is valid and one is not. More than one \
                  reference is up to the implementation.",
    example: "caCertificateRefs: [{kind: ConfigMap, name: good}, {kind: ConfigMap, name: not-there}]",
    sources: &["Gateway API reference: FrontendTLSValidation.caCertificateRefs"],
});

/// For a reference that can serve nobody, beside one that may.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    if cx.all_at_fault {
        return;
    }
    let Some((why, _)) = cx.target.fault() else { return };
    let (listener, name) = (cx.listener.listener, cx.name);
    let gap = Gap::investigate(
        "whether the controller serves the listener with the remaining authorities is not known",
        "implementations differ",
    );
    segment.add(
        DOC.finding(
            &gap,
            listener.owner.object(),
            format!(
                "one of several sources of authorities for client certificates of {} is invalid: {name} {why}",
                listener.describe()
            ),
        )
        .next("Correct or remove the reference.", command::describe(&listener.owner.object())),
    );
}
