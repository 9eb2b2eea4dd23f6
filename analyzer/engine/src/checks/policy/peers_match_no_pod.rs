//! `policy/peers-match-no-pod`

use kubereach_reports::report::SegmentName;

use crate::evaluate::policy::{PolicyContext, words};
use crate::policy::Direction;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text, command};
use kubereach_model::field;

/// Its catalogue entry.
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

/// Adds a finding for each direction in which peers of rules are nobody at present.
pub fn check(cx: &PolicyContext<'_, '_>, segment: &mut Segment) {
    let policy = cx.policy;
    let ineffective = cx.port.cluster.policies().ineffective();
    for direction in Direction::BOTH {
        let count = policy.rule_count(direction).unwrap_or(0);
        let dead: Vec<usize> = (0..count).filter(|rule| ineffective.rule(cx.index, direction, *rule)).collect();
        let Some(first) = dead.first().copied() else { continue };
        let word = direction.word();
        let shown: Vec<String> = dead.iter().map(|rule| (rule + 1).to_string()).collect();
        let message = format!(
            "no pod at present is a peer of {word} rule{} {} of this policy: {} let{} nobody through",
            if dead.len() == 1 { "" } else { "s" },
            words::list(&shown),
            if dead.len() == 1 { "it" } else { "they" },
            if dead.len() == 1 { "s" } else { "" },
        );
        let finding = DOC.finding(policy.object.clone(), message).at(policy.origin, field!["spec", word, first]).next(
            "Compare the labels of the rule with those of the pods that are meant.",
            command::describe(&policy.object),
        );
        segment.add(finding);
    }
}
