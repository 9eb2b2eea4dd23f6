//! `policy/port-no-pod-has`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/port-no-pod-has",
    segment: SegmentName::Policy,
    title: "A rule names a port that no selected pod has",
    explanation: "A rule of a policy that selects the pods behind this port names a container port by a name that none of them declares with that protocol. Such an entry matches nothing.",
    example: "ports: [{port: http}] where the pods name their port web.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
