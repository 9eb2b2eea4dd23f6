//! `policy/service-port-in-rule`

use kubereach_reports::report::SegmentName;

use crate::evaluate::policy::{PolicyContext, words};
use crate::policy::Protocol;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text, command};
use kubereach_model::field;

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/service-port-in-rule",
    segment: SegmentName::Policy,
    title: "A rule names the port of the Service, not that of its pods",
    explanation: "Policies see a connection after the Service has translated its port, so a rule has to name the \
                  port on which the pods listen. Here an ingress rule names the Service's own port, the pods \
                  listen on another one and declare none of that number. Unless a container listens on it \
                  undeclared, the entry matches nothing.",
    example: "ports: [{port: 80}] for pods that listen on 8080 behind port: 80, targetPort: 8080.",
    sources: &[
        "networking.k8s.io/v1 NetworkPolicy",
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    ],
});

/// Adds a finding where a rule names the Service's port and the pods listen on another one.
pub fn check(cx: &PolicyContext<'_, '_>, segment: &mut Segment) {
    let (policy, port) = (cx.policy, cx.port);
    let (Some(own), Some(protocol)) = (port.port.port.known().copied(), Protocol::of(&port.port.protocol)) else {
        return;
    };
    let listens: Vec<u16> = port.targets.iter().filter_map(|target| target.port).collect();
    if listens.is_empty() || listens.len() != port.targets.len() || listens.contains(&own) {
        return;
    }
    let declared = cx.pods.iter().flat_map(|pod| pod.spec.serving_containers()).flat_map(|c| &c.ports);
    let mut declared = declared.filter(|p| p.protocol == protocol.word());
    // A masked number may be the one.
    if declared.any(|p| p.container_port.known().is_none_or(|number| *number == own)) {
        return;
    }
    let named = policy.ports_by_number().into_iter().find(|(_, p, number)| *p == protocol && *number == own);
    let Some((rule, ..)) = named else { return };
    let message = format!(
        "ingress rule {} names port {own}, which is the port of Service {}; policies see the pods' own port, {}",
        rule + 1,
        port.view.name(),
        words::port(listens.first().copied(), protocol.word())
    );
    let finding = DOC
        .finding(policy.object.clone(), message)
        .at(policy.origin, field!["spec", "ingress", rule, "ports"])
        .next("Name the port on which the pods listen.", command::describe(&policy.object));
    segment.add(finding);
}
