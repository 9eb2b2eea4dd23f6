//! `measurement/some-callers-fail`

use kubereach_reports::report::SegmentName;

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{fits, measured, on_path, part, place, proof, sentence};
use crate::observation::Remark;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text, command};

/// Its catalogue entry.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "measurement/some-callers-fail",
    segment: SegmentName::Address,
    title: "Traffic fails for one caller and gets through for another",
    explanation: "Real requests fail on this path for one caller, corroborated, while another caller's real requests \
                  get through. It is no wall: what differs is the caller, its network, its node or its identity. \
                  Both stay in the report, each with its own row. Never raised for a caller whom network policy may \
                  refuse.",
    example: "The published address answers from the operator's machine and times out from a Pod (no hairpin).",
    sources: &[
        "docs/semantics/measurement.md#a-failing-part-blocks-only-if-every-alternative-was-tried",
        "Kubernetes: Services, external traffic policy",
    ],
});

/// Traffic fails for this caller, corroborated, and gets through for another.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::FailsForSome(told) = cx.remark else { return None };
    let (object, _) = place(cx.path, told.segment);
    let breaks = told.segment.map_or_else(String::new, |segment| format!(", it breaks at {segment}"));
    let message = format!(
        "traffic fails {}{} for {}{breaks}, and gets through for another caller",
        on_path(cx.path),
        part(told),
        told.source
    );
    let finding = DOC
        .finding(&proof(told), object.clone(), message)
        .cause(format!("{}{}", sentence(&measured(told, cx.taken_at)), fits(told)))
        .next("Look at what differs between the callers: network, node, identity.", command::describe(&object));
    Some(finding)
}
