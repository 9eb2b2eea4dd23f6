//! `policy/admits-some`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/admits-some",
    segment: SegmentName::Policy,
    title: "Only some callers are admitted",
    explanation: "Network policies select the pods behind this port and admit some callers, not all. Whether a given client may connect depends on who it is: kubereach can answers that for one client. Nothing is wrong with it; probes of the kubelet are admitted in any case.",
    example: "ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
