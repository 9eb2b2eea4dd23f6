//! `policy/admits-no-one`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Blocks, CheckDoc, Text};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "policy/admits-no-one",
    segment: SegmentName::Policy,
    title: "Network policies admit nobody on this port",
    explanation: "Every pod behind this port is isolated for incoming traffic, and no rule of any policy that selects them names this port for anybody. The plugin that enforces policies was seen running, so no pod can connect. Pods still look ready: the kubelet's probes are always admitted. Not raised where a node itself may be the one that connects (node ports, load balancers, controllers), nor where another system's policies may let traffic through.",
    example: "A policy with podSelector {} and no ingress rules, under Calico.",
    sources: &[
        "networking.k8s.io/v1 NetworkPolicy",
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    ],
});
