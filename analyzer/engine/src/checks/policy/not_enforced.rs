//! `policy/not-enforced`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::blame;
use crate::evaluate::policy::{Context, words};
use crate::policy::cni::Enforcement;
use crate::policy::{Layer, SideAnswer};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/not-enforced",
    segment: SegmentName::Policy,
    title: "Policies are stored and not enforced",
    explanation: "Policies that were read would turn callers away, and the network plugin that runs does not enforce policies. Traffic flows all the same; somebody may believe it does not.",
    example: "A default-deny policy under Flannel alone.",
    sources: &[
        "networking.k8s.io/v1 NetworkPolicy",
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites",
    ],
});

/// Where the plugin that runs does not enforce policies that would restrict somebody.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let Enforcement::NotEnforced { by, proof } = cx.enforcement() else { return None };
    if cx.sides.iter().all(SideAnswer::is_open_in_network) {
        return None;
    }
    let policies: Vec<_> = cx.policies().into_iter().filter(|policy| policy.layer() == Layer::Network).collect();
    let message = format!(
        "policies would restrict who may connect, but {by} does not enforce them: {}",
        words::list(&words::names(&policies))
    );
    let finding = DOC.finding(cx.view.service.object(), message).cause(proof.sentence());
    Some(blame(finding, &policies, cx.view.namespace()))
}
