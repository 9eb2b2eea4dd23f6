//! `gateway/ca-certificate-unseen`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/ca-certificate-unseen",
    segment: SegmentName::Tls,
    title: "The authorities for client certificates were not read",
    explanation: "The ConfigMap, or the ReferenceGrants that would allow it, are not in the input, or its ca.crt could \
                  not be read as a certificate here.",
    example: "An HTTPS listener with client validation in a dump without ConfigMaps.",
    sources: &["Gateway API reference: FrontendTLSValidation.caCertificateRefs"],
});

/// For a reference that could not be followed.
pub fn finding(door: &Door<'_>, name: &str, gap: &Gap) -> Finding {
    DOC.finding(
        gap,
        door.owner.object(),
        format!(
            "the ConfigMap {name} with the authorities for client certificates of {} could not be evaluated",
            door.describe()
        ),
    )
    .next("look at the listener's conditions", command::describe(&door.owner.object()))
}
