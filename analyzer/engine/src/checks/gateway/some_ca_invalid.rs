//! `gateway/some-ca-invalid`

use kubereach_reports::report::SegmentName;

use crate::resolve::gateway::door::Door;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/some-ca-invalid",
    segment: SegmentName::Tls,
    title: "One of several references to authorities is invalid",
    explanation: "Client validation names several sources of authorities; one is valid and one is not. More than one \
                  reference is up to the implementation.",
    example: "caCertificateRefs: [{kind: ConfigMap, name: good}, {kind: ConfigMap, name: not-there}]",
    sources: &["Gateway API reference: FrontendTLSValidation.caCertificateRefs"],
});

/// For a reference that is invalid beside a valid one; `why` is a clause.
pub fn finding(door: &Door<'_>, name: &str, why: &str) -> Finding {
    let gap = Gap::investigate(
        "whether the controller serves the listener with the remaining authorities is not known",
        "implementations differ",
    );
    DOC.finding(
        &gap,
        door.owner.object(),
        format!(
            "one of several sources of authorities for client certificates of {} is invalid: {name} {why}",
            door.describe()
        ),
    )
    .next("correct or remove the reference", command::describe(&door.owner.object()))
}
