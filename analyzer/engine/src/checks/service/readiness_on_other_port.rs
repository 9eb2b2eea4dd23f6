//! `service/readiness-on-other-port`

use kubereach_reports::report::SegmentName;

use crate::checks::service::target_port_suspect::app_containers;
use crate::evaluate::service::context::Context;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::model::lenient::PortRef;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "service/readiness-on-other-port",
    segment: SegmentName::Port,
    title: "Readiness is measured on another port",
    explanation: "The readiness probe of the pods asks another port than the one this Service port leads to. A \
         ready pod therefore does not prove that this port answers.",
    example: "A readiness probe on 8081 behind a Service that leads to 8080.",
    sources: &["core/v1 Container readinessProbe"],
});

/// Every readiness probe dials another port.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let port = cx.port?;
    let numbers = cx.numbers();
    if numbers.is_empty() || cx.is_selectorless() || port.protocol != "TCP" {
        return None;
    }
    let source = cx.specs().next()?;
    let mut probed = Vec::new();
    for container in app_containers(source.spec()) {
        let Some(dialled) = container.readiness_probe.as_ref().and_then(|p| p.port()) else { continue };
        match dialled {
            PortRef::Number(n) => probed.push(*n),
            PortRef::Name(n) => probed.push(*container.ports.iter().find(|p| p.name == *n)?.container_port.known()?),
            PortRef::Redacted => return None,
        }
    }
    if probed.is_empty() || probed.iter().any(|n| numbers.contains(n)) {
        return None;
    }
    let list = |all: &mut dyn Iterator<Item = &u16>| all.map(u16::to_string).collect::<Vec<_>>().join(", ");
    let message = format!(
        "readiness of {} is measured on port {}, and port {} leads to {}: ready does not prove that it answers",
        source.name(),
        list(&mut probed.iter()),
        port.describe(),
        list(&mut numbers.iter())
    );
    Some(DOC.finding(cx.object(), message))
}
