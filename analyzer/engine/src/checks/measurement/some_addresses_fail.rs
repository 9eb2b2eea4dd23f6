//! `measurement/some-addresses-fail`

use kubereach_reports::report::SegmentName;

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{does, on_path, proof};
use crate::observation::Remark;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text, command};

/// Its catalogue entry.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "measurement/some-addresses-fail",
    segment: SegmentName::Address,
    title: "Some addresses of the same door do not answer",
    explanation: "A name resolves to several addresses, or an entry publishes several, and not all of them \
                  answer. Clients that try one after another get through late; others fail.",
    example: "The IPv6 address of a host does not answer, its IPv4 address does.",
    sources: &["RFC 8305 (Happy Eyeballs)"],
});

/// Some addresses of the entry do not answer.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::DeadAddresses(told, dead) = cx.remark else { return None };
    let message = format!("{}, {} not answer while others do: {}", on_path(cx.path), does(dead), told.evidence);
    let entry = cx.entry();
    let finding = DOC
        .finding(&proof(told), entry.clone(), message)
        .next("Look at where the addresses lead.", command::get(&entry, "-o yaml"));
    Some(finding)
}
