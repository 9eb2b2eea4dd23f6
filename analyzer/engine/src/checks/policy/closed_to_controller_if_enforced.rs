//! `policy/closed-to-controller-if-enforced`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, carries};
use crate::evaluate::policy::{Asked, CallerContext};
use crate::policy::cni::Enforcement;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Segment, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "policy/closed-to-controller-if-enforced",
    segment: SegmentName::Policy,
    title: "The pods turn the front door's controller away, if policies are enforced",
    explanation: "As policy/closed-to-controller, but nothing that was read shows that the cluster enforces policies. This is a prediction: if they are enforced, requests through this front door do not arrive.",
    example: "Only pods with app=web are admitted; ingress-nginx runs in its own namespace; no plugin was recognized.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Where every pair is denied, and no plugin was seen or policies of other systems were not read.
pub fn finding(cx: &CallerContext<'_, '_>, _: &Segment) -> Option<Finding> {
    let Asked::Pods(pairs) = &cx.asked else { return None };
    let policies = cx.cluster.policies();
    let enforced = pairs.by_mesh || matches!(policies.plugins.enforcement, Enforcement::Enforced { .. });
    if !pairs.is_denied() || pairs.denied < pairs.all || enforced {
        return None;
    }
    let (name, port) = (cx.name, cx.port_words());
    let first = pairs.deciding.first()?;
    let proof = first.shows(&format!("does not let the pods of {name} connect to {port}"));
    let message = format!("network policies do not let the pods of {name} connect to {port}, if they are enforced");
    let finding = DOC.finding(&proof, first.object.clone(), message).cause(carries(cx, pairs));
    Some(blame(finding, &pairs.deciding, cx.view.namespace()))
}
