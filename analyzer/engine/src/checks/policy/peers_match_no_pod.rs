//! `policy/peers-match-no-pod`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/peers-match-no-pod",
    segment: SegmentName::Policy,
    title: "A rule names peers of which there are none",
    explanation: "A rule of a policy that selects the pods behind this port names its peers by labels, and no pod \
                  that runs and no pod template has those labels, so the rule lets nobody through at present. Pods \
                  that match may come tomorrow; a typing error in a label looks the same. Not raised where pods, \
                  workloads or the labels of a Namespace were not all read, nor for rules that name addresses.",
    example: "from: [{podSelector: {matchLabels: {app: fronted}}}] where the callers say app: frontend.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
