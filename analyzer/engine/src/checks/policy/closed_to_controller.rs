//! `policy/closed-to-controller`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Blocks, CheckDoc, Text};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "policy/closed-to-controller",
    segment: SegmentName::Policy,
    title: "The pods turn the front door's controller away",
    explanation: "The pods of the controller that serves this entry were read, and so was the plugin that enforces policies. Evaluated from the controller's pods to every pod behind the backend, the policies of one end do not let the connection through: requests are answered with 502, 503 or 504.",
    example: "Only pods with app=web are admitted; ingress-nginx runs in its own namespace.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
