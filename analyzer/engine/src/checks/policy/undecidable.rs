//! `policy/undecidable`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Inconclusive, Text};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "policy/undecidable",
    segment: SegmentName::Policy,
    title: "Whether the policies admit traffic cannot be decided",
    explanation: "A policy selects the pods behind this port and a fact is missing without which nobody can say whether it admits traffic: a pod in its node's network (plugins see the node), a named port that could not be resolved, a masked or malformed address range, policies of equal priority that disagree.",
    example: "A NetworkPolicy whose podSelector matches a pod with hostNetwork: true.",
    sources: &["networking.k8s.io/v1 NetworkPolicy", "https://network-policy-api.sigs.k8s.io/"],
});
