//! The `port` segment: from the Service port to the numbers the containers serve.

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::CheckTable;
use crate::evaluate::service::context::Context;
use crate::evaluate::service::table::run;
use crate::resolve::service::Truth;
use kubereach_model::evidence::Segment;
use kubereach_model::snapshot::model::lenient::PortRef;

/// The segment of one port.
pub(crate) fn segment(checks: &CheckTable, cx: &Context<'_, '_>) -> Segment {
    let mut segment = Segment::new(SegmentName::Port, Some(cx.object()));
    if cx.view.is_declared(cx.cluster) {
        segment.declare();
    }
    let Some(port) = cx.port else { return segment };
    if let Some(finding) = checks.port_leads_nowhere.iter().find_map(|check| check(cx)) {
        segment.evaluated(format!("no address serves port {}", port.describe()));
        segment.add(finding);
        run(checks.port, cx, &mut segment);
        return segment;
    }
    if let Some(who) = cx.view.redirected_by() {
        segment.evaluated(format!("port {} is redirected by {who}", port.describe()));
        run(checks.port, cx, &mut segment);
        return segment;
    }
    let numbers = cx.numbers();
    let list = || numbers.iter().take(6).map(u16::to_string).collect::<Vec<_>>().join(", ");
    if cx.listed {
        let leads = if numbers.is_empty() { "is listed".to_owned() } else { format!("leads to {}", list()) };
        segment.evaluated(format!("port {} {leads} ({})", port.describe(), cx.source()));
    } else if !cx.view.endpoints.is_empty() && !matches!(cx.view.truth, Truth::Templates) {
        // Addresses were read, none lists the port, and not all were read.
        run(checks.port_not_listed, cx, &mut segment);
    } else if let Some(clause) = resolved_without_addresses(cx) {
        segment.evaluated(clause);
    }
    run(checks.port_leads_on, cx, &mut segment);
    run(checks.port, cx, &mut segment);
    segment
}

/// What the port would lead to, where nothing is listed at all.
fn resolved_without_addresses(cx: &Context<'_, '_>) -> Option<String> {
    let port = cx.port?;
    let title = port.describe();
    match port.target_port.as_ref() {
        Some(PortRef::Number(number)) => Some(format!("port {title} leads to {number}")),
        Some(PortRef::Name(name)) => {
            let number = cx.specs().find_map(|source| source.spec().named_port(name, &port.protocol))?;
            Some(format!("port {title} leads to {number}, which is named {name}"))
        }
        Some(PortRef::Redacted) => Some(format!("the target of port {title} was masked")),
        None => cx.is_selectorless().then(|| format!("port {title} is declared")),
    }
}
