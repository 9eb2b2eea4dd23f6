//! `policy/some-pods-admit-no-one`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, isolates, no_rule_names_this_port};
use crate::evaluate::policy::Context;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "policy/some-pods-admit-no-one",
    segment: SegmentName::Policy,
    title: "Some pods behind this port admit nobody",
    explanation: "Some of the pods behind this port are isolated by policies that admit nobody on it, while others are open. Connections are spread over all of them, so some would fail if policies are enforced.",
    example: "A Service over two Deployments, one of them under a default-deny policy.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Where some pods admit nobody and others do.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let (closed, all) = (cx.closed(), cx.all());
    if closed == 0 || closed == all || cx.is_not_enforced() || cx.another_may_allow() {
        return None;
    }
    let (first, proof) = isolates(cx, "isolates some of the pods and admits nobody on this port")?;
    let message =
        format!("{closed} of {all} pods admit nobody on {}, if network policies are enforced", cx.port_words());
    let finding = DOC.finding(&proof, first.object.clone(), message).cause(no_rule_names_this_port(cx));
    Some(blame(finding, &cx.policies(), cx.view.namespace()))
}
