//! `measurement/fails-as-configured`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "measurement/fails-as-configured",
    segment: SegmentName::Address,
    title: "Traffic fails as the configuration says",
    explanation: "The snapshot shows this way as blocked, and a real request failed on it. The measurement agrees \
                  with the proof; it adds nothing to it and takes nothing away.",
    example: "A Service whose selector matches no Pod; its ClusterIP refuses connections.",
    sources: &["docs/design.md#the-one-table"],
});
