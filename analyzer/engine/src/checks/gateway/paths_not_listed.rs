//! `gateway/paths-not-listed`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "gateway/paths-not-listed",
    segment: SegmentName::Listener,
    title: "Not every listener is listed",
    explanation: "The Gateway has more listeners than a report lists. All were judged; of each state at least one is \
                  listed, the worst first.",
    example: "A Gateway with ListenerSets of more than 500 listeners.",
    sources: &["docs/semantics/honesty.md#every-judged-path-is-counted-whatever-is-listed"],
});

/// How many are not listed.
pub fn finding(object: ObjectRef, more: usize) -> Finding {
    let message = format!("{more} more listeners of {} {} are judged but not listed", object.kind, object.name);
    DOC.finding(object, message)
}
