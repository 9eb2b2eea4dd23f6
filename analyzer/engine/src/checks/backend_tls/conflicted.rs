//! `backend-tls/conflicted`: another BackendTLSPolicy for the same Service is older.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendTlsContext;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text, command};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "backend-tls/conflicted",
    segment: SegmentName::Tls,
    title: "Another BackendTLSPolicy for the same Service is older",
    explanation: "Several policies target the same Service (or the same port of it). The oldest counts, then the first \
                  by name; the others have no effect. Traffic is not changed by their presence, so this only notes.",
    example: "Two BackendTLSPolicies with targetRefs: [{kind: Service, name: api}].",
    sources: &["Gateway API reference: BackendTLSPolicySpec.targetRefs"],
});

/// For each policy that yields to another.
pub(super) fn check(cx: &BackendTlsContext<'_, '_>, segment: &mut Segment) {
    let Some(policies) = cx.policies else { return };
    let (winner, order_unknown) = (policies.winner, policies.order_unknown);
    for loser in &policies.losers {
        let why = if order_unknown {
            "only the older of the two counts, and the input shows no creation times"
        } else {
            "the older one counts"
        };
        segment.add(
            DOC.finding(
                loser.object(),
                format!(
                    "BackendTLSPolicy {} has no effect beside {}: {why}",
                    loser.metadata.name, winner.metadata.name
                ),
            )
            .next("Remove one of the two.", command::list("backendtlspolicies", &loser.metadata.namespace))
            .relates(winner.object(), "the policy that counts"),
        );
    }
}
