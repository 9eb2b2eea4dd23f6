//! `policy/admits-no-one`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, isolates, no_rule_names_this_port};
use crate::evaluate::policy::Context;
use crate::policy::cni::Enforcement;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};

/// Its catalogue entry.
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

/// Where the plugin was seen, nothing is left open and no node may be the one that connects.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let by_mesh = cx.is_closed_by_mesh();
    let by = match cx.enforcement() {
        _ if by_mesh => "The proxy of the mesh",
        Enforcement::Enforced { by, .. } => by,
        _ => return None,
    };
    if !cx.admits_no_one() || (cx.node_may_enter && !by_mesh) || !cx.is_certain() {
        return None;
    }
    let port = cx.port_words();
    let (first, proof) = isolates(cx, &format!("isolates the pods and admits nobody on {port}"))?;
    let finding = DOC
        .finding(&proof, first.object.clone(), format!("network policies admit nobody on {port}"))
        .cause(format!("{} {by} enforces policies here.", no_rule_names_this_port(cx)));
    Some(blame(finding, &cx.policies(), cx.view.namespace()))
}
