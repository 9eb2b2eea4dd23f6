//! `policy/egress-closed`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/egress-closed",
    segment: SegmentName::Policy,
    title: "The pods may open no connection",
    explanation: "Every pod behind this port is isolated for outgoing traffic by policies without any rule, so it can neither resolve names nor reach anything, if policies are enforced. Answers to those who connect to it are not affected.",
    example: "policyTypes: [Egress] without egress rules.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
