//! `gateway/ca-certificate-not-permitted`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Absence;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/ca-certificate-not-permitted",
    segment: SegmentName::Tls,
    title: "No ReferenceGrant lets the Gateway use the authorities",
    explanation: "The ConfigMap with the authorities for client certificates is in another namespace, no \
                  ReferenceGrant there allows the reference, and no other reference is valid. The listener is not \
                  served.",
    example: "\
caCertificateRefs: [{kind: ConfigMap, name: ca, namespace: certs}] without a ReferenceGrant in certs",
    sources: &[
        "Gateway API reference: FrontendTLSValidation.caCertificateRefs",
        "Gateway API reference: ReferenceGrant",
    ],
});

/// For a reference that is not permitted.
pub fn finding(door: &Door<'_>, namespace: &str, name: &str, absence: &Absence) -> Finding {
    DOC.finding(&absence.proof(), door.owner.object(), format!("{} cannot be served: it may not use the ConfigMap {name} of namespace {namespace}, no ReferenceGrant there allows it", door.describe()))
        .cause("a reference into another namespace needs a ReferenceGrant in that namespace")
        .next("create a ReferenceGrant in the namespace of the ConfigMap", command::list("referencegrants", namespace))
        .at(door.owner.origin(), field!["spec", "listeners", door.index, "tls", "frontendValidation", "caCertificateRefs"])
}
