//! `policy/foreign-policy`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Inconclusive, Text};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "policy/foreign-policy",
    segment: SegmentName::Policy,
    title: "A policy of another system may decide",
    explanation: "A policy kind that is not evaluated (of Cilium, Calico, Antrea, OVN, Istio, Linkerd or Kuma) may select the pods behind this port. Where its selection can be read and does not match, it is left out; here it matches or cannot be read, so it cannot be said who is admitted.",
    example: "A GlobalNetworkPolicy of Calico with selector all().",
    sources: &[
        "https://docs.tigera.io/calico/latest/reference/resources/globalnetworkpolicy",
        "https://docs.cilium.io/en/stable/network/kubernetes/policy/",
        "https://istio.io/latest/docs/reference/config/security/authorization-policy/",
    ],
});
