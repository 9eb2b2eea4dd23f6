//! `policy/egress-limited`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/egress-limited",
    segment: SegmentName::Policy,
    title: "The pods may only reach some destinations",
    explanation: "The pods behind this port are isolated for outgoing traffic, all by the same rules: this is whom \
                  those rules let them reach, if policies are enforced. It says nothing about who may connect to \
                  them; answers to connections that were admitted always pass. Whether the cluster's DNS is among \
                  the destinations is said where it can be told.",
    example: "egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432}]}]",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
