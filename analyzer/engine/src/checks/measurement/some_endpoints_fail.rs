//! `measurement/some-endpoints-fail`

use kubereach_reports::report::SegmentName;

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{does, proof};
use crate::observation::Remark;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text, command};

/// Its catalogue entry.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "measurement/some-endpoints-fail",
    segment: SegmentName::Address,
    title: "Some Pods behind it do not answer",
    explanation: "Pods behind the same port were dialled one by one; some answered and some did not. Requests \
                  through the Service reach one of them at random, so a share of them fails. Raised for a failure \
                  that is corroborated, or where most of the Pods fail; one Pod that failed once raises nothing.",
    example: "Of three ready Pods one refuses connections on the target port.",
    sources: &["Kubernetes: EndpointSlices"],
});

/// Some pods do not answer.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::DeadEndpoints(told, dead) = cx.remark else { return None };
    let object = cx.backend_or_entry();
    let message = format!("behind {object}, {} not answer while others do: {}", does(dead), told.evidence);
    let finding = DOC.finding(&proof(told), object.clone(), message).next(
        "Look at the pods with these addresses.",
        object.namespace.as_deref().map(|ns| command::list("pods -o wide", ns)).unwrap_or_default(),
    );
    Some(finding)
}
