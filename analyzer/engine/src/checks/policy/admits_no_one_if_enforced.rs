//! `policy/admits-no-one-if-enforced`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Narrows, Text};

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "policy/admits-no-one-if-enforced",
    segment: SegmentName::Policy,
    title: "Network policies admit nobody on this port, if they are enforced",
    explanation: "Every pod behind this port is isolated for incoming traffic and no rule names this port for anybody, but nothing that was read shows that the cluster enforces policies. If it does, nobody can connect. This is a prediction.",
    example: "A policy with podSelector {} and no ingress rules, in a set of manifests.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
