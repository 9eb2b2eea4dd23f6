//! `policy/inactive-rules`

use kubereach_reports::report::SegmentName;

use crate::evaluate::policy::PolicyContext;
use crate::policy::Direction;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text, command};
use kubereach_model::field;

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/inactive-rules",
    segment: SegmentName::Policy,
    title: "A policy has rules for a direction it does not isolate",
    explanation: "policyTypes of this policy leaves out a direction for which it has rules. Those rules do nothing: traffic in that direction is neither isolated nor admitted by this policy.",
    example: "policyTypes: [Ingress] with egress rules.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Adds a finding for each direction whose rules `policyTypes` leaves out.
pub fn check(cx: &PolicyContext<'_, '_>, segment: &mut Segment) {
    let policy = cx.policy;
    for direction in Direction::BOTH {
        let count = policy.inactive_rules(direction);
        if count == 0 {
            continue;
        }
        let (word, plural) = (direction.word(), if count == 1 { "" } else { "s" });
        let does = if count == 1 { "does" } else { "do" };
        let message =
            format!("{count} {word} rule{plural} of this policy {does} nothing: its policyTypes leaves {word} out");
        let finding = DOC
            .finding(policy.object.clone(), message)
            .at(policy.origin, field!["spec", "policyTypes"])
            .next("Name the direction in policyTypes, or remove the rules.", command::describe(&policy.object));
        segment.add(finding);
    }
}
