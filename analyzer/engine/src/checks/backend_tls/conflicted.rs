//! `backend-tls/conflicted`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::BackendTlsPolicy;

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "backend-tls/conflicted",
    segment: SegmentName::Tls,
    title: "Another BackendTLSPolicy for the same Service is older",
    explanation: "Several policies target the same Service (or the same port of it). The oldest counts, then the first \
                  by name; the others have no effect. Traffic is not changed by their presence, so this only notes.",
    example: "Two BackendTLSPolicies with targetRefs: [{kind: Service, name: api}].",
    sources: &["Gateway API reference: BackendTLSPolicySpec.targetRefs"],
});

/// For a policy that yields to `winner`.
pub fn finding(
    loser: Found<'_, BackendTlsPolicy>,
    winner: Found<'_, BackendTlsPolicy>,
    order_unknown: bool,
) -> Finding {
    let why = if order_unknown {
        "only the older of the two counts, and the input shows no creation times"
    } else {
        "the older one counts"
    };
    DOC.finding(
        loser.object(),
        format!("BackendTLSPolicy {} has no effect beside {}: {why}", loser.metadata.name, winner.metadata.name),
    )
    .next("remove one of the two", command::list("backendtlspolicies", &loser.metadata.namespace))
    .relates(winner.object(), "the policy that counts")
}
