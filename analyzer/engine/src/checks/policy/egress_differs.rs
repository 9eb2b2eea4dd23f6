//! `policy/egress-differs`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/egress-differs",
    segment: SegmentName::Policy,
    title: "The pods may not all reach the same destinations",
    explanation: "The pods behind this port are not under the same egress policies, so a request may succeed or \
                  fail by the pod that serves it, if policies are enforced. What each kind of them may reach is \
                  listed; a union over all of them would say more than any of them may do.",
    example: "Two Deployments behind one Service, one of them under a policy with egress rules.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
