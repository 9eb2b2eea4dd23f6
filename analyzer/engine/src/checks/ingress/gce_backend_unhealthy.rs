//! `ingress/gce-backend-unhealthy`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::backend::{PortAnswer, Target};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;
use std::collections::BTreeMap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/gce-backend-unhealthy",
    segment: SegmentName::Rule,
    title: "Google's load balancer reported its backend unhealthy",
    explanation: "Google's controller writes the health that its load balancer sees of each backend into the \
                  annotation ingress.kubernetes.io/backends. The annotation carries no time and is refreshed now and \
                  then: it says that requests to this backend failed when it was written, not that they do now.",
    example: "ingress.kubernetes.io/backends: '{\"k8s1-1a2b-shop-web-80-3c4d\":\"UNHEALTHY\"}'",
    sources: &["GKE: Ingress for external Application Load Balancers, backend health"],
});

const ANNOTATION: &str = "ingress.kubernetes.io/backends";

/// Adds it for one path whose backend the annotation calls unhealthy.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    const LONG: usize = 65_536;
    let Some(text) = cx.state.annotation(ANNOTATION).filter(|text| text.len() <= LONG) else { return };
    let Ok(states) = serde_json::from_str::<BTreeMap<String, String>>(text) else { return };
    let own = mark(cx);
    let is_own = |name: &str| own.iter().any(|mark| name.contains(mark.as_str()));
    let unhealthy = |state: &String| state.eq_ignore_ascii_case("UNHEALTHY");
    let named = states.iter().find(|(name, _)| is_own(name));
    let bad = match named {
        Some((_, state)) => unhealthy(state),
        // Names that could not be matched speak for this path only if they all agree.
        None => !states.is_empty() && states.values().all(unhealthy),
    };
    if !bad {
        return;
    }
    let gap = Gap::investigate("whether the backend is healthy now is not shown", "the annotation carries no time");
    let message = "Google's load balancer found this backend unhealthy when its controller last looked";
    let finding = DOC
        .finding(&gap, cx.object(), message)
        .cause("Its health check failed: often a readiness path, port or firewall that differs from what the load balancer asks.")
        .at(cx.state.ingress.origin, field!["metadata", "annotations", ANNOTATION]);
    segment.add(finding.next("Look at the backends' health.", words::describe(cx.state)));
}

/// Parts of a backend's name by which it is known: namespace, Service and port, or the node port.
fn mark(cx: &IngressPath<'_, '_>) -> Vec<String> {
    let Target::Service(service, port) = &cx.reference.target else { return Vec::new() };
    let (PortAnswer::Declared(port) | PortAnswer::ByTarget(port)) = port else { return Vec::new() };
    let meta = &service.metadata;
    let by_port = port.port.known().map(|number| format!("-{}-{}-{number}-", meta.namespace, meta.name));
    let by_node_port = port.node_port.known().map(|number| format!("-be-{number}-"));
    by_port.into_iter().chain(by_node_port).collect()
}
