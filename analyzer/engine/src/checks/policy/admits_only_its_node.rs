//! `policy/admits-only-its-node`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, isolates, no_rule_names_this_port};
use crate::evaluate::policy::Context;
use crate::policy::cni::Enforcement;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// Its catalogue entry.
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

/// Where the plugin was seen and a node may be the one that connects.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let Enforcement::Enforced { by, .. } = cx.enforcement() else { return None };
    if !cx.admits_no_one() || !cx.node_may_enter {
        return None;
    }
    let port = cx.port_words();
    let (first, proof) = isolates(cx, &format!("isolates the pods and admits nobody on {port}"))?;
    let message = format!("network policies admit nobody on {port} but the pod's own node");
    let finding = DOC
        .finding(&proof, first.object.clone(), message)
        .cause(format!("{} {by} enforces policies here.", no_rule_names_this_port(cx)));
    Some(blame(finding, &cx.policies(), cx.view.namespace()))
}
