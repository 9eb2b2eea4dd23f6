//! `policy/foreign-policy`

use kubereach_reports::report::SegmentName;

use crate::policy::third_party::ThirdParty;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text, command};
use kubereach_model::snapshot::Gap;

/// Its catalogue entry.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "policy/foreign-policy",
    segment: SegmentName::Policy,
    title: "A policy of another system may decide",
    explanation: "A policy kind that is not evaluated (of Kuma, Consul or a cloud) may select the pods behind this port. Where its selection can be read and does not match, it is left out; here it matches or cannot be read, so it cannot be said who is admitted.",
    example: "A SecurityGroupPolicy of the Amazon VPC CNI whose podSelector selects the pods.",
    sources: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html",
        "https://docs.cilium.io/en/stable/network/kubernetes/policy/",
        "https://istio.io/latest/docs/reference/config/security/authorization-policy/",
    ],
});

/// For a policy that may touch one of the pods.
pub fn finding(policy: &ThirdParty<'_>) -> Finding {
    let (object, system) = (&policy.object, policy.system);
    let gap = Gap::investigate(format!("what {object} says"), format!("policies of {system} are not evaluated"));
    let message = format!("{object} of {system} may decide who is admitted, and is not evaluated");
    DOC.finding(&gap, object.clone(), message)
        .at(policy.found.get().origin, [])
        .next("Read the policy.", command::get(object, "-o yaml"))
}
