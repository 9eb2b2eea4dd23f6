//! `policy/admits-some`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::blame;
use crate::evaluate::policy::{Admits, Context, words};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/admits-some",
    segment: SegmentName::Policy,
    title: "Only some callers are admitted",
    explanation: "Network policies select the pods behind this port and admit some callers, not all. Whether a given client may connect depends on who it is: kubereach can answers that for one client. Nothing is wrong with it; probes of the kubelet are admitted in any case.",
    example: "ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Where it depends on who connects, and on nothing else.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.is_not_enforced() || cx.open_to_some() == 0 {
        return None;
    }
    let mut whom = Vec::new();
    for (target, admits) in cx.admits() {
        let Some(pod) = target.end.pod().filter(|_| admits == Admits::Some) else { continue };
        for phrase in cx.cluster.policies().policies.admitted(pod, cx.protocol, target.port) {
            if !whom.contains(&phrase) {
                whom.push(phrase);
            }
        }
    }
    let message = format!("only these may connect to {}: {}", cx.port_words(), words::list(&whom));
    let policies = cx.policies();
    let finding = DOC.finding(cx.view.service.object(), message).cause(format!(
        "The {} them and nobody else, where policies are enforced.",
        words::policies_do(&words::names(&policies), "admits", "admit")
    ));
    let finding = blame(finding, &policies, cx.view.namespace()).next(
        "Read whom it admits; kubereach can answers for one client.",
        policies.first().map(|policy| policy.describe()).unwrap_or_default(),
    );
    Some(finding)
}
