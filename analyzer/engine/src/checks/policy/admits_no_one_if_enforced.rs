//! `policy/admits-no-one-if-enforced`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, isolates, no_rule_names_this_port};
use crate::evaluate::policy::Context;
use crate::policy::cni::Enforcement;
use kubereach_model::evidence::{CheckDoc, Finding, Narrows, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "policy/admits-no-one-if-enforced",
    segment: SegmentName::Policy,
    title: "Network policies admit nobody on this port, if they are enforced",
    explanation: "Every pod behind this port is isolated for incoming traffic and no rule names this port for anybody, but nothing that was read shows that the cluster enforces policies. If it does, nobody can connect. This is a prediction.",
    example: "A policy with podSelector {} and no ingress rules, in a set of manifests.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Where no plugin was seen, or something that was not read may still let somebody in.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if !cx.admits_no_one() {
        return None;
    }
    let enforcement = match cx.enforcement() {
        _ if cx.is_closed_by_mesh() && cx.is_certain() => return None,
        _ if cx.is_closed_by_mesh() => "The proxy of the mesh enforces it.".to_owned(),
        Enforcement::Enforced { .. } if cx.node_may_enter || cx.is_certain() => return None,
        Enforcement::Enforced { by, .. } => format!("{by} enforces policies here."),
        Enforcement::NotEnforced { .. } => return None,
        Enforcement::Unknown(gap) => format!("Not known: {}.", gap.sentence()),
    };
    let port = cx.port_words();
    let (first, proof) = isolates(cx, &format!("isolates the pods and admits nobody on {port}"))?;
    let message = format!("network policies admit nobody on {port}, if they are enforced");
    let finding = DOC
        .finding(&proof, first.object.clone(), message)
        .cause(format!("{} {enforcement}", no_rule_names_this_port(cx)));
    Some(blame(finding, &cx.policies(), cx.view.namespace()))
}
