//! `pod/readiness-failing`

use kubereach_reports::report::SegmentName;

use crate::checks::pod::containers;
use crate::evaluate::Cluster;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::evidence::{command, said};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;
use kubereach_model::snapshot::model::ProbePort;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "pod/readiness-failing",
    segment: SegmentName::Endpoints,
    title: "The readiness probe does not pass",
    explanation: "The containers run, and a readiness probe does not pass, so the pod receives no traffic. The \
         cause names the probe, and the kubelet's own words where events were collected.",
    example: "A readinessProbe on /healthz that answers 500.",
    sources: &["core/v1 Container readinessProbe"],
});

/// Running and not ready.
pub fn finding(cluster: &Cluster<'_>, pod: Found<'_, Pod>) -> Option<Finding> {
    if pod.phase() != "Running" {
        return None;
    }
    let value = &pod.get().value;
    let (container, _) =
        containers(pod.get()).find(|(c, init)| !init && c.state.running.is_some() && c.ready.0 == Some(false))?;
    let spec = value.spec.serving_containers().find(|c| c.name == container.name);
    let probe = spec.and_then(|c| c.readiness_probe.as_ref());
    let Some(probe) = probe else {
        return Some(
            DOC.finding(
                pod.object(),
                format!("container {} of pod {} runs and is not ready", container.name, pod.metadata.name),
            )
            .cause("it has only just started, or its state was not reported yet")
            .next("Find out what the pod says.", command::describe(&pod.object())),
        );
    };
    let asked = match (&probe.http_get, &probe.tcp_socket, &probe.grpc, &probe.exec) {
        (Some(http), ..) => format!("HTTP {} on port {}", http.path.as_deref().unwrap_or("/"), port(http)),
        (_, Some(tcp), ..) => format!("a connection to port {}", port(tcp)),
        (_, _, Some(grpc), _) => format!("gRPC health on port {}", port(grpc)),
        (.., Some(_)) => "a command in the container".to_owned(),
        _ => "its probe".to_owned(),
    };
    let events = cluster.events_about("Pod", &pod.metadata.namespace, &pod.metadata.name);
    let words = events
        .iter()
        .filter(|e| e.reason.as_deref() == Some("Unhealthy"))
        .filter(|e| e.message.as_deref().is_some_and(|m| m.starts_with("Readiness")))
        .max_by_key(|e| e.last_timestamp.0.or(e.event_time.0))
        .and_then(|e| e.message.as_deref())
        .map(|m| format!("; the kubelet says: {}", said::quote(m)))
        .unwrap_or_default();
    Some(
        DOC.finding(
            pod.object(),
            format!("the readiness probe of container {} of pod {} fails", container.name, pod.metadata.name),
        )
        .cause(format!("it asks for {}{words}{}", command::cut(&asked), crate::checks::pod::restarts(container)))
        .next("See why the probe fails.", command::describe(&pod.object())),
    )
}

fn port(probe: &ProbePort) -> String {
    probe.port.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string)
}
