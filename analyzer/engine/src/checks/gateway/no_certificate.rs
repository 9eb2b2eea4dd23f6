//! `gateway/no-certificate`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/no-certificate",
    segment: SegmentName::Tls,
    title: "A listener that decrypts names no certificate",
    explanation: "HTTPS and TLS listeners in mode Terminate need a certificate. None is named. Some implementations \
                  take one from their own options or from elsewhere; others refuse the listener.",
    example: "listeners: [{name: https, port: 443, protocol: HTTPS}]",
    sources: &["Gateway API reference: ListenerTLSConfig.certificateRefs"],
});

/// For a listener without certificateRefs.
pub fn finding(door: &Door<'_>) -> Finding {
    let gap = Gap::investigate(
        "where the certificate comes from is not known",
        "certificateRefs is empty and implementations differ",
    );
    DOC.finding(
        &gap,
        door.owner.object(),
        format!("{} is to decrypt {}, but names no certificate", door.describe(), door.listener.protocol),
    )
    .cause("without a certificate most controllers do not serve the listener")
    .next("name a Secret of type kubernetes.io/tls in certificateRefs", command::describe(&door.owner.object()))
    .at(door.owner.origin(), field!["spec", "listeners", door.index, "tls"])
}
