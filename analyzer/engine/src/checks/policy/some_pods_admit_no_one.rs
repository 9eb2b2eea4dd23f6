//! `policy/some-pods-admit-no-one`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Narrows, Text};

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "policy/some-pods-admit-no-one",
    segment: SegmentName::Policy,
    title: "Some pods behind this port admit nobody",
    explanation: "Some of the pods behind this port are isolated by policies that admit nobody on it, while others are open. Connections are spread over all of them, so some would fail if policies are enforced.",
    example: "A Service over two Deployments, one of them under a default-deny policy.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
