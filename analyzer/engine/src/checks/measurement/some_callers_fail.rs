//! `measurement/some-callers-fail`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Narrows, Text};

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "measurement/some-callers-fail",
    segment: SegmentName::Address,
    title: "Traffic fails for one caller and gets through for another",
    explanation: "Real requests fail on this way for one caller, corroborated, while another caller's real requests \
                  get through. It is no wall: what differs is the caller, its network, its node or its identity. \
                  Both stay in the report, each with its own row. Never raised for a caller whom network policy may \
                  refuse.",
    example: "The published address answers from the operator's machine and times out from a Pod (no hairpin).",
    sources: &[
        "docs/semantics/measurement.md#a-failing-part-blocks-only-if-every-alternative-was-tried",
        "Kubernetes: Services, external traffic policy",
    ],
});
