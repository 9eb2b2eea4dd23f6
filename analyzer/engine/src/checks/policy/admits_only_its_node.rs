//! `policy/admits-only-its-node`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Narrows, Text};

/// The page.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "policy/admits-only-its-node",
    segment: SegmentName::Policy,
    title: "Only the pod's own node is admitted on this port",
    explanation: "Every pod behind this port is isolated for incoming traffic and no rule names this port for anybody. What comes from the pod's own node is always admitted, and traffic by a node port, a load balancer or a controller in the node's network may come from there; everybody else is turned away.",
    example: "A LoadBalancer Service whose pods are under a default-deny policy.",
    sources: &[
        "networking.k8s.io/v1 NetworkPolicy",
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    ],
});
