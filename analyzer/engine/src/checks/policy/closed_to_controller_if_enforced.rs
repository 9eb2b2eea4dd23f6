//! `policy/closed-to-controller-if-enforced`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Narrows, Text};

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "policy/closed-to-controller-if-enforced",
    segment: SegmentName::Policy,
    title: "The pods turn the front door's controller away, if policies are enforced",
    explanation: "As policy/closed-to-controller, but nothing that was read shows that the cluster enforces policies. This is a prediction: if they are enforced, requests through this front door do not arrive.",
    example: "Only pods with app=web are admitted; ingress-nginx runs in its own namespace; no plugin was recognized.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
