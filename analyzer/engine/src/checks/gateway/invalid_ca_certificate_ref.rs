//! `gateway/invalid-ca-certificate-ref`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Proof;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
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

/// For a reference of client validation; `why` is a clause about the ConfigMap.
pub fn finding(door: &Door<'_>, name: &str, why: &str, proof: &Proof) -> Finding {
    DOC.finding(
        proof,
        door.owner.object(),
        format!(
            "{} cannot be served: the ConfigMap {name} with the authorities for client certificates {why}",
            door.describe()
        ),
    )
    .cause("client certificates are demanded, and nothing valid says which authorities to trust")
    .next("create or correct the ConfigMap", command::describe(&door.owner.object()))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "tls", "frontendValidation", "caCertificateRefs"])
}
