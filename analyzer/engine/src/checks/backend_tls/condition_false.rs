//! `backend-tls/condition-false`: the controller does not apply the BackendTLSPolicy.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendTlsContext;
use crate::resolve::conditions::{ConditionState, state};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command, said};
use kubereach_model::snapshot::model::{BackendTlsPolicy, Condition};
use kubereach_model::snapshot::{Found, Gap};

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "backend-tls/condition-false",
    segment: SegmentName::Tls,
    title: "The controller does not apply the BackendTLSPolicy",
    explanation: "A current condition of the policy says False although nothing in the configuration that was read \
                  explains it. The controller is quoted.",
    example: "\
status.ancestors[0].conditions: [{type: Accepted, status: \"False\", reason: TargetNotFound}]",
    sources: &["Gateway API reference: PolicyStatus"],
});

/// For a condition that is False for one Gateway and True for none; in the controller's words.
pub(super) fn check(cx: &BackendTlsContext<'_, '_>, segment: &mut Segment) {
    let Some(policy) = cx.policies.map(|p| p.winner) else { return };
    let Some(condition) = ["Accepted", "ResolvedRefs"].into_iter().find_map(|kind| refused(policy, kind)) else {
        return;
    };
    let words = said::quote(condition.message());
    let gap =
        Gap::investigate(format!("the controller reports {}=False for the policy", condition.kind), words.clone());
    segment.add(
        DOC.finding(
            &gap,
            policy.object(),
            format!("the controller does not apply BackendTLSPolicy {}: {words}", policy.metadata.name),
        )
        .cause(format!("condition {} is False, reason {}", condition.kind, said::reason(condition)))
        .next("Follow the controller's message.", command::describe(&policy.object())),
    );
}

/// A current condition that says no for some Gateway, and yes for none.
fn refused<'s>(policy: Found<'s, BackendTlsPolicy>, kind: &str) -> Option<&'s Condition> {
    let policy = policy.get();
    let ancestors = policy.status.as_ref().map(|s| &*s.ancestors).unwrap_or_default();
    let states = || ancestors.iter().map(|a| state(&a.conditions, kind, &policy.metadata.generation));
    if states().any(|state| state.is_true()) {
        return None;
    }
    states().find_map(|state| if let ConditionState::False(condition) = state { Some(condition) } else { None })
}
