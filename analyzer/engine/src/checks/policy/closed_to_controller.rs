//! `policy/closed-to-controller`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, carries};
use crate::evaluate::policy::{Asked, CallerContext};
use crate::policy::cni::Enforcement;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Segment, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "policy/closed-to-controller",
    segment: SegmentName::Policy,
    title: "The pods turn the front door's controller away",
    explanation: "The pods of the controller that serves this entry were read, and so was the plugin that enforces policies. Evaluated from the controller's pods to every pod behind the backend, the policies of one end do not let the connection through: requests are answered with 502, 503 or 504.",
    example: "Only pods with app=web are admitted; ingress-nginx runs in its own namespace.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Where every pair is denied, the plugin was seen, and policies of other systems were read.
pub fn finding(cx: &CallerContext<'_, '_>, _: &Segment) -> Option<Finding> {
    let Asked::Pods(pairs) = &cx.asked else { return None };
    let policies = cx.cluster.policies();
    let enforced = pairs.by_mesh || matches!(policies.plugins.enforcement, Enforcement::Enforced { .. });
    if !pairs.is_denied() || pairs.denied < pairs.all || !enforced {
        return None;
    }
    let (name, port) = (cx.name, cx.port_words());
    let first = pairs.deciding.first()?;
    let proof = first.shows(&format!("does not let the pods of {name} connect to {port}"));
    let message = format!("network policies do not let the pods of {name} connect to {port}");
    let finding = DOC.finding(&proof, first.object.clone(), message).cause(carries(cx, pairs));
    Some(blame(finding, &pairs.deciding, cx.view.namespace()))
}
