//! `service/probe-port-undeclared`

use kubereach_reports::report::SegmentName;

use crate::checks::service::target_port_suspect::app_containers;
use crate::evaluate::service::context::Context;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Step, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{Container, PodSpec, Workload};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/probe-port-undeclared",
    segment: SegmentName::Endpoints,
    title: "A probe asks a port that its container does not declare",
    explanation: "A probe that names its port is sent to the port of that name of the same container. Where the \
         container declares none the kubelet cannot send it: it throws the result away, and a readiness or startup \
         probe stays at what it was in the beginning, which is not ready. So the pods never become ready and receive \
         nothing. Liveness probes begin as passed and are not judged, nor are Services that publish addresses which \
         are not ready.",
    example: r"ports: [{name: http, containerPort: 8080}]
readinessProbe:
  httpGet: {port: htpp}   # no port is called so",
    sources: &[
        "kubernetes/kubernetes pkg/probe/util.go ResolveContainerPort",
        "kubernetes/kubernetes pkg/kubelet/prober/worker.go",
        "core/v1 Container readinessProbe, startupProbe",
    ],
});

/// Every template behind the Service has such a probe.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.is_selectorless() || cx.view.service.publishes_not_ready() || !cx.view.selected.live.is_empty() {
        return None;
    }
    let mut first = None;
    for workload in cx.view.workloads.templates() {
        let fault = fault(workload.get().value.pod_spec()?)?;
        first.get_or_insert((workload, fault));
    }
    let (workload, fault) = first?;
    let Fault { probe, name, container, place } = fault;
    let (probe_words, title) = (probe.words(), &container.name);
    let declared: Vec<&str> = container.ports.iter().map(|p| p.name.as_str()).filter(|n| !n.is_empty()).collect();
    let has = if declared.is_empty() { "no named port".to_owned() } else { declared.join(", ") };
    let (name, title) = (command::cut(name), command::cut(title));
    let proof = workload.shows(format!("the {probe_words} of container {title} asks port {name:?}; it declares {has}"));
    let message = format!(
        "the {probe_words} of {} asks port {name:?}, which container {title} does not declare: it is never ready",
        workload.title()
    );
    Some(
        DOC.finding(&proof, workload.object(), message)
            .cause(format!("the container declares {has}"))
            .next("Name a port that the container declares.", command::get(&workload.object(), "-o yaml"))
            .at(workload.origin, place_of(&workload, &place, probe)),
    )
}

#[derive(Clone, Copy)]
enum ProbeKind {
    Readiness,
    Startup,
}

impl ProbeKind {
    const fn words(self) -> &'static str {
        match self {
            Self::Readiness => "readiness probe",
            Self::Startup => "startup probe",
        }
    }

    const fn field(self) -> &'static str {
        match self {
            Self::Readiness => "readinessProbe",
            Self::Startup => "startupProbe",
        }
    }
}

struct Fault<'s> {
    probe: ProbeKind,
    name: &'s str,
    container: &'s Container,
    /// Index among the containers, and how the probe asks.
    place: (Option<usize>, &'static str),
}

/// The first probe that can never be sent. Names of digits are taken as numbers, and ports that hold placeholders may be
/// called anything.
fn fault(spec: &PodSpec) -> Option<Fault<'_>> {
    if spec.has_unreadable_port() {
        return None;
    }
    for container in app_containers(spec) {
        for (probe, kind) in
            [(&container.readiness_probe, ProbeKind::Readiness), (&container.startup_probe, ProbeKind::Startup)]
        {
            let Some(asked) = probe else { continue };
            let means = if asked.http_get.is_some() { "httpGet" } else { "tcpSocket" };
            if let Some(PortRef::Name(name)) = asked.port()
                && !name.is_empty()
                && !container.ports.iter().any(|port| port.name == *name)
            {
                let index = spec.containers.iter().position(|c| std::ptr::eq(c, container));
                return Some(Fault { probe: kind, name, container, place: (index, means) });
            }
        }
    }
    None
}

fn place_of(workload: &Found<'_, Workload>, place: &(Option<usize>, &'static str), probe: ProbeKind) -> Vec<Step> {
    let (Some(index), means) = *place else { return field!["spec"].to_vec() };
    if workload.spec.template.is_some() {
        field!["spec", "template", "spec", "containers", index, probe.field(), means, "port"].to_vec()
    } else {
        field!["spec", "jobTemplate", "spec", "template", "spec", "containers", index, probe.field(), means, "port"]
            .to_vec()
    }
}
