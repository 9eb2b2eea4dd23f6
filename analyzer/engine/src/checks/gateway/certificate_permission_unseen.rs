//! `gateway/certificate-permission-unseen`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/certificate-permission-unseen",
    segment: SegmentName::Tls,
    title: "Whether the listener may use the certificate is not known",
    explanation: "The certificate is in another namespace, and the ReferenceGrants of that namespace were not read \
                  completely. Whether the reference is allowed, and with it whether the listener has a certificate to serve, cannot be told.",
    example: "A Gateway with a certificate of another namespace, in an input without ReferenceGrants.",
    sources: &["Gateway API reference: ReferenceGrant"],
});

/// For the reference at `index`.
pub fn finding(door: &Door<'_>, index: usize, secret: ObjectRef, gap: &Gap) -> Finding {
    let namespace = secret.namespace.clone().unwrap_or_default();
    DOC.finding(
        gap,
        door.owner.object(),
        format!(
            "whether {} may use the certificate {} of namespace {namespace} is not known",
            door.describe(),
            secret.name
        ),
    )
    .next("look for a ReferenceGrant in the namespace of the Secret", command::list("referencegrants", &namespace))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "tls", "certificateRefs", index])
    .relates(secret, "the Secret it names")
}
