//! `policy/selects-nothing`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
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
