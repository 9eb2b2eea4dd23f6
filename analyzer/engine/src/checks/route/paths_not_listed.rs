//! `route/paths-not-listed`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/paths-not-listed",
    segment: SegmentName::Rule,
    title: "Not every path is listed",
    explanation: "The route has more combinations of listener, host name, match and backend than a report lists. All \
                  were judged; of each state at least one is listed, the worst first.",
    example: "An HTTPRoute with 64 listeners, 16 host names and 16 rules.",
    sources: &["docs/semantics/honesty.md#every-judged-path-is-counted-whatever-is-listed"],
});

/// How many are not listed.
pub fn finding(object: ObjectRef, more: usize) -> Finding {
    let message = format!("{more} more paths of {} {} are judged but not listed", object.kind, object.name);
    DOC.finding(object, message)
}
