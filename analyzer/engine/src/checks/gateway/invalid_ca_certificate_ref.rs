//! `gateway/invalid-ca-certificate-ref`: the authorities for client certificates cannot be read.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::CertificateRefContext;
use crate::resolve::gateway::trust::Trust;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/invalid-ca-certificate-ref",
    segment: SegmentName::Tls,
    title: "The authorities for client certificates cannot be read",
    explanation: "The Gateway demands client certificates on HTTPS. The ConfigMap with the trusted authorities does \
                  not exist or has no key ca.crt, and no other reference is valid. The specification then forbids \
                  serving the listener. A configuration per port outranks the default.",
    example: "\
spec: {tls: {frontend: {default: {validation: {caCertificateRefs: [{kind: ConfigMap, name: not-there}]}}}}}",
    sources: &["Gateway API reference: FrontendTLSValidation.caCertificateRefs"],
});

/// For a reference that can serve nobody, where no other is valid. One that is not permitted has a check of its own.
pub(super) fn check(cx: &CertificateRefContext<'_, '_>, segment: &mut Segment) {
    if !cx.all_at_fault || matches!(cx.target, Trust::NotPermitted(_)) {
        return;
    }
    let Some((why, proof)) = cx.target.fault() else { return };
    let (listener, name) = (cx.listener.listener, cx.name);
    segment.add(
        DOC.finding(
            &proof,
            listener.owner.object(),
            format!(
                "{} cannot be served: the ConfigMap {name} with the authorities for client certificates {why}",
                listener.describe()
            ),
        )
        .cause("client certificates are demanded, and nothing valid says which authorities to trust")
        .next("Create or correct the ConfigMap.", command::describe(&listener.owner.object()))
        .at(
            listener.owner.origin(),
            field!["spec", "listeners", listener.index, "tls", "frontendValidation", "caCertificateRefs"],
        ),
    );
}
