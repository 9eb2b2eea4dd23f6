//! `service/target-port-suspect`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{Container, PodSpec};
use std::collections::BTreeSet;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "service/target-port-suspect",
    segment: SegmentName::Port,
    title: "The target port is none that the pods declare",
    explanation: "A numeric target port needs no declaration, so a mismatch proves nothing. Still, when every \
         ready pod declares its ports and none of them is the one the Service leads to, the number is \
         probably wrong: whether anything listens there cannot be told from the configuration. Silent \
         where a container declares no port, where a probe of the pod uses the number, and where no \
         pod was read.",
    example: r"kind: Service
spec:
  ports: [{port: 80}]   # leads to 80; the container declares 8080",
    sources: &["core/v1 Service spec.ports.targetPort", "core/v1 Container ports (informational)"],
});

/// Side containers that proxies and meshes add; their ports say nothing about the app.
pub const SIDECARS: [&str; 7] = [
    "istio-proxy",
    "linkerd-proxy",
    "consul-dataplane",
    "kuma-sidecar",
    "cloudsql-proxy",
    "cloud-sql-proxy",
    "vault-agent",
];

/// The containers of the app itself.
pub fn app_containers(spec: &PodSpec) -> impl Iterator<Item = &Container> {
    spec.serving_containers().filter(|c| !SIDECARS.contains(&c.name.as_str()))
}

/// Every pod declares its ports, none declares this one.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let port = cx.port?;
    let Some(PortRef::Number(number)) = port.target_port else { return None };
    if cx.is_selectorless() {
        return None;
    }
    let specs: Vec<&PodSpec> = cx.behind.ready().filter_map(crate::resolve::service::Endpoint::spec).collect();
    if specs.is_empty() || specs.iter().any(|spec| !misses(spec, number, &port.protocol)) {
        return None;
    }
    let declared: BTreeSet<u16> = specs
        .iter()
        .flat_map(|spec| app_containers(spec))
        .flat_map(|c| &c.ports)
        .filter(|p| p.protocol == port.protocol)
        .filter_map(|p| p.container_port.known().copied())
        .collect();
    let list = declared.iter().take(6).map(u16::to_string).collect::<Vec<_>>().join(", ");
    let gap =
        Gap::investigate(format!("whether anything listens on port {number}"), format!("the pods declare {list}"));
    Some(
        DOC.finding(&gap, cx.object(), format!("port {} leads to {number}, and the pods declare only {list}", port.describe()))
            .cause("the target port is probably wrong; containers may listen on ports they do not declare, so this is no proof")
            .next("Check which port the container listens on.", command::describe(&cx.object()))
            .at(cx.view.service.origin, field!["spec", "ports", cx.index, "targetPort"]),
    )
}

/// Does every app container declare ports, some of this protocol, and none this number?
fn misses(spec: &PodSpec, number: u16, protocol: &str) -> bool {
    let mut of_protocol = false;
    for container in app_containers(spec) {
        if container.ports.is_empty() {
            return false;
        }
        let probes = [&container.readiness_probe, &container.liveness_probe, &container.startup_probe];
        if probes.into_iter().flatten().any(|p| p.port() == Some(&PortRef::Number(number))) {
            return false;
        }
        for port in container.ports.iter().filter(|p| p.protocol == protocol) {
            of_protocol = true;
            if port.container_port.known().is_none_or(|n| *n == number) {
                return false;
            }
        }
    }
    of_protocol
}
