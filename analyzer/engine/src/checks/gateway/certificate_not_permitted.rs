//! `gateway/certificate-not-permitted`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Absence;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/certificate-not-permitted",
    segment: SegmentName::Tls,
    title: "No ReferenceGrant lets the listener use the certificate",
    explanation: "The certificate is in another namespace than the object that declares the listener. A ReferenceGrant \
                  in the namespace of the Secret must allow it, by the kind that refers to it (Gateway or ListenerSet; \
                  the one does not stand for the other). There is none.",
    example: "\
A Gateway in infra with certificateRefs: [{name: tls, namespace: certs}] and no ReferenceGrant in certs.",
    sources: &["Gateway API reference: ReferenceGrant", "Gateway API reference: ListenerTLSConfig.certificateRefs"],
});

/// For the reference at `index`.
pub fn finding(door: &Door<'_>, index: usize, secret: ObjectRef, absence: &Absence) -> Finding {
    let namespace = secret.namespace.clone().unwrap_or_default();
    DOC.finding(
        &absence.proof(),
        door.owner.object(),
        format!(
            "{} may not use the certificate {} of namespace {namespace}: no ReferenceGrant there allows it",
            door.describe(),
            secret.name
        ),
    )
    .cause(format!(
        "a {} may take a certificate of another namespace only with a ReferenceGrant in that namespace",
        door.owner.kind()
    ))
    .next("create a ReferenceGrant in the namespace of the Secret", command::list("referencegrants", &namespace))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "tls", "certificateRefs", index])
    .relates(secret, "the Secret it names")
}
