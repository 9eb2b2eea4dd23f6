//! `policy/inactive-rules`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/inactive-rules",
    segment: SegmentName::Policy,
    title: "A policy has rules for a direction it does not isolate",
    explanation: "policyTypes of this policy leaves out a direction for which it has rules. Those rules do nothing: traffic in that direction is neither isolated nor admitted by this policy.",
    example: "policyTypes: [Ingress] with egress rules.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
