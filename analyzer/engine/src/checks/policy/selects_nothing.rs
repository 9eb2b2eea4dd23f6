//! `policy/selects-nothing`

use kubereach_reports::report::SegmentName;

use crate::evaluate::policy::PolicyContext;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text, command};
use kubereach_model::field;

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/selects-nothing",
    segment: SegmentName::Policy,
    title: "A policy selects no pod",
    explanation: "A NetworkPolicy of this namespace selects no pod that runs and no pod template, so it isolates \
                  nobody at present. It is named beside a Service whose pods carry a label of the same key, since \
                  it may have been meant for them. Often it is right (it waits for pods to come) and it is never \
                  counted as a defect. Not raised where pods or workloads of the namespace were not all read.",
    example: "podSelector: {matchLabels: {app: wbe}} where the pods say app: web.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Where a policy that selects no pod may have been meant for these: they carry a label of the same key.
pub fn finding(cx: &PolicyContext<'_, '_>) -> Option<Finding> {
    let policy = cx.policy;
    let keys = policy.selector_keys();
    if !cx.pods.iter().any(|pod| keys.iter().any(|key| pod.labels.contains_key(*key))) {
        return None;
    }
    let finding = DOC
        .finding(policy.object.clone(), "this policy selects no pod at present and isolates nobody")
        .at(policy.origin, field!["spec", "podSelector"])
        .next("Compare its podSelector with the labels of the pods.", command::describe(&policy.object));
    Some(finding)
}
