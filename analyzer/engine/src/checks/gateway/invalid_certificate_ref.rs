//! `gateway/invalid-certificate-ref`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Proof;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "gateway/invalid-certificate-ref",
    segment: SegmentName::Tls,
    title: "The certificate of a listener cannot be used",
    explanation: "The Secret that a listener names for its certificate does not exist, holds no tls.crt or tls.key, or \
                  its certificate cannot be read. The listener is not served; others of the Gateway are not concerned. \
                  Raised only if no other certificate of the listener is usable.",
    example: "listeners: [{protocol: HTTPS, tls: {certificateRefs: [{name: not-there}]}}]",
    sources: &["Gateway API reference: ListenerTLSConfig.certificateRefs", "core/v1 Secret of type kubernetes.io/tls"],
});

/// For the reference at `index`; `why` is a clause about the Secret.
pub fn finding(door: &Door<'_>, index: usize, secret: ObjectRef, why: &str, proof: &Proof) -> Finding {
    let message = format!("{} cannot be served: its certificate Secret {} {why}", door.describe(), secret.name);
    let namespace = secret.namespace.clone().unwrap_or_default();
    DOC.finding(proof, door.owner.object(), message)
        .cause("an encrypted listener needs a certificate and its key")
        .next("create or correct the Secret", command::list("secrets", &namespace))
        .at(door.owner.origin(), field!["spec", "listeners", door.index, "tls", "certificateRefs", index])
        .relates(secret, "the Secret it names")
}
