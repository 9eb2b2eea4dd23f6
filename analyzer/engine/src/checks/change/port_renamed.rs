//! `change/port-renamed`

use kubereach_reports::report::{SegmentName, SubjectChange};

use crate::evaluate::change::{Change, title};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::matches_pairs;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{ContainerPort, PodSpec, Service, Workload};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "change/port-renamed",
    segment: SegmentName::Port,
    title: "The change renames or renumbers a port that another object refers to",
    explanation: "An Ingress, a route or a Service refers to a port by its name or number. Before the change the port \
         was there; the change gave it another name or number, or took it away, and the reference was not \
         changed with it. What that does to traffic is said by the finding it explains; this one names the \
         edit, with the values before and after.",
    example: "The container port http becomes web; the Service's targetPort is still http.",
    sources: &[
        "core/v1 Service spec.ports",
        "core/v1 Container ports.name",
        "networking.k8s.io/v1 Ingress backend port",
    ],
});

const OF_SERVICE: [&str; 5] = [
    "ingress/backend-port-missing",
    "ingress/backend-port-uncertain",
    "route/backend-port-missing",
    "service/port-not-tcp",
    "ingress/udp-backend",
];
const OF_CONTAINER: [&str; 3] =
    ["service/named-target-port-missing", "service/port-without-endpoints", "service/target-port-suspect"];

/// The edit that moved the port.
pub fn explain(cx: &Change<'_>, subject: &SubjectChange) -> Vec<Finding> {
    let (service, container) = (Change::has(subject, &OF_SERVICE), Change::has(subject, &OF_CONTAINER));
    let mut found = Vec::new();
    for name in cx.services(subject) {
        let (Some(old), Some(new)) = cx.service(&name) else { continue };
        if service {
            found.extend(of_service(old, new));
        }
        if container {
            found.extend(of_containers(cx, new));
        }
    }
    found
}

/// Ports of the Service that are gone, with what stands in their place.
fn of_service(old: Found<'_, Service>, new: Found<'_, Service>) -> Vec<Finding> {
    let ports = &new.get().value.spec.ports;
    let gone = old.get().value.spec.ports.iter().enumerate().filter(|(_, was)| {
        !ports.iter().any(|now| now.port == was.port && now.protocol == was.protocol && now.name == was.name)
    });
    gone.map(|(index, was)| {
        let same_name = ports.iter().position(|now| !was.name.is_empty() && now.name == was.name);
        let same_number = ports.iter().position(|now| now.port == was.port && now.protocol == was.protocol);
        let now = same_name.or(same_number).or_else(|| (index < ports.len()).then_some(index));
        let (becomes, at) = match now.and_then(|i| Some((i, ports.get(i)?))) {
            Some((i, port)) => (format!("becomes {}", port.describe()), field!["spec", "ports", i].to_vec()),
            None => ("is taken away".to_owned(), field!["spec", "ports"].to_vec()),
        };
        let message = format!("port {} of {} {becomes} in this change", was.describe(), title(&new.object()));
        DOC.finding(new.object(), message)
            .cause("what refers to the port still asks for what it was")
            .next("Change the references together with the port.", command::get(&new.object(), "-o yaml"))
            .at(new.origin, at)
    })
    .collect()
}

/// Container ports of the workloads behind the Service that are gone and that it looks up by name.
fn of_containers(cx: &Change<'_>, service: Found<'_, Service>) -> Vec<Finding> {
    let mut found = Vec::new();
    for port in &service.get().value.spec.ports {
        let Some(PortRef::Name(name)) = &port.target_port else { continue };
        for workload in cx.after.workloads.in_namespace(&service.metadata.namespace) {
            let Some(template) = workload.get().value.template() else { continue };
            if !matches_pairs(&service.spec.selector, &template.metadata.labels) {
                continue;
            }
            let old = cx.before.workload(workload.kind, &service.metadata.namespace, &workload.metadata.name).found();
            let Some(before) = old.as_ref().and_then(|w| w.get().value.template()) else { continue };
            let had = declared(&before.spec).find(|p| &p.name == name && p.protocol == port.protocol);
            let has = template.spec.named_port(name, &port.protocol).is_some();
            if let (Some(had), false) = (had, has) {
                found.push(renamed(service, workload, name, had, &template.spec));
            }
        }
    }
    found
}

fn declared(spec: &PodSpec) -> impl Iterator<Item = &ContainerPort> {
    spec.serving_containers().flat_map(|c| &c.ports)
}

fn renamed(
    service: Found<'_, Service>,
    workload: Found<'_, Workload>,
    name: &str,
    had: &ContainerPort,
    spec: &PodSpec,
) -> Finding {
    let number = |p: &ContainerPort| p.container_port.known().map_or_else(|| "?".to_owned(), u16::to_string);
    let mut place = field!["spec", "template", "spec", "containers"].to_vec();
    let mut becomes = "is taken away".to_owned();
    for (c, container) in spec.containers.iter().enumerate() {
        let same = container.ports.iter().position(|p| p.container_port == had.container_port);
        if let Some((index, port)) = same.and_then(|i| Some((i, container.ports.get(i)?))) {
            becomes = if port.name.is_empty() {
                format!("loses its name (it is {}/{} still)", number(port), port.protocol)
            } else {
                format!("becomes {} ({}/{})", port.name, number(port), port.protocol)
            };
            place.extend(field![c, "ports", index]);
            break;
        }
    }
    let message = format!(
        "container port {name} ({}/{}) of {} {becomes} in this change",
        number(had),
        had.protocol,
        title(&workload.object())
    );
    DOC.finding(workload.object(), message)
        .cause(format!("{} still looks for a port named {name}", title(&service.object())))
        .next(
            "Change the target port of the Service together with the name.",
            command::get(&service.object(), "-o yaml"),
        )
        .at(workload.origin, place)
        .relates(service.object(), "looks the port up by name")
}
