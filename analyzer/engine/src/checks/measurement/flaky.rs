//! `measurement/flaky`

use kubereach_reports::report::SegmentName;

use crate::checks::measurement::Context;
use crate::checks::measurement::phrases::{fits, on_path, proof};
use crate::observation::Remark;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text, command};

/// Its catalogue entry.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "measurement/flaky",
    segment: SegmentName::Address,
    title: "Some attempts are answered and some are not",
    explanation: "Of several connections to the same target some were served and some were not. A request that \
                  fails now and then is less than declared, even if most of them succeed. Not raised where only \
                  the very first attempts of a Pod just started failed: rules for a new Pod are programmed with a \
                  delay.",
    example: "9 of 10 connections to a ClusterIP are answered: one Pod behind it does not listen.",
    sources: &["Kubernetes: Services, virtual IPs and proxy modes"],
});

/// Some attempts were answered, some were not.
pub fn finding(cx: &Context<'_>) -> Option<Finding> {
    let Remark::Flaky(told, answered, tried) = cx.remark else { return None };
    let message = format!("only {answered} of {tried} attempts {} were answered: {}", on_path(cx.path), told.evidence);
    let object = cx.backend_or_entry();
    let finding = DOC
        .finding(&proof(told), object.clone(), message)
        .cause(fits(told).trim_start().to_owned())
        .next("Look for the one that does not answer.", command::describe(&object));
    Some(finding)
}
