//! `policy/port-no-pod-has`

use kubereach_reports::report::SegmentName;

use crate::evaluate::policy::{PolicyContext, words};
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text, command};
use kubereach_model::field;

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/port-no-pod-has",
    segment: SegmentName::Policy,
    title: "A rule names a port that no selected pod has",
    explanation: "A rule of a policy that selects the pods behind this port names a container port by a name that none of them declares with that protocol. Such an entry matches nothing.",
    example: "ports: [{port: http}] where the pods name their port web.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Adds a finding where the policy names ports that none of the pods declares.
pub fn check(cx: &PolicyContext<'_, '_>, segment: &mut Segment) {
    let policy = cx.policy;
    let unnamed = policy.ports_no_pod_has(cx.pods);
    let Some((rule, _)) = unnamed.first() else { return };
    let names: Vec<String> = unnamed.iter().map(|(_, name)| (*name).to_owned()).collect();
    let message = format!(
        "no pod behind {} has a port named {}, as a rule of this policy asks",
        cx.port.view.name(),
        words::list(&names)
    );
    let finding = DOC
        .finding(policy.object.clone(), message)
        .at(policy.origin, field!["spec", "ingress", *rule, "ports"])
        .next("Name a port that the pods declare, or its number.", command::describe(&policy.object));
    segment.add(finding);
}
