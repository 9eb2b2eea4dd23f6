//! `policy/not-enforced`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/not-enforced",
    segment: SegmentName::Policy,
    title: "Policies are stored and not enforced",
    explanation: "Policies that were read would turn callers away, and the network plugin that runs does not enforce policies. Traffic flows all the same; somebody may believe it does not.",
    example: "A default-deny policy under Flannel alone.",
    sources: &[
        "networking.k8s.io/v1 NetworkPolicy",
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites",
    ],
});
