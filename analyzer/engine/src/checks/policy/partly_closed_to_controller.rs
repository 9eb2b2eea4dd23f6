//! `policy/partly-closed-to-controller`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, carries};
use crate::evaluate::policy::{Asked, CallerContext};
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Segment, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "policy/partly-closed-to-controller",
    segment: SegmentName::Policy,
    title: "Some pods turn the front door's controller away",
    explanation: "Between some pods of the controller that serves this entry and some pods behind the backend the policies let no connection through; between others they do. If policies are enforced, some requests fail.",
    example: "One of two Deployments behind a Service is under a policy that does not admit the controller.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Where some pairs are denied and the rest is allowed, alike for each of the controller's pods.
pub fn finding(cx: &CallerContext<'_, '_>, _: &Segment) -> Option<Finding> {
    let Asked::Pods(pairs) = &cx.asked else { return None };
    if !pairs.is_denied() || pairs.denied == pairs.all {
        return None;
    }
    let (name, port) = (cx.name, cx.port_words());
    let first = pairs.deciding.first()?;
    let proof = first.shows(&format!("does not let the pods of {name} connect to {port}"));
    let message = format!(
        "the pods of {name} may not connect to {port} in {} of {} pairs of pods, if network policies are enforced",
        pairs.denied, pairs.all
    );
    let finding = DOC.finding(&proof, first.object.clone(), message).cause(carries(cx, pairs));
    Some(blame(finding, &pairs.deciding, cx.view.namespace()))
}
