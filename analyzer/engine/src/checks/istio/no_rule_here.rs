//! `istio/no-rule-here`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::{Binding, BoundContext};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/no-rule-here",
    segment: SegmentName::Listener,
    title: "None of the rules applies at the gateway",
    explanation: "A VirtualService names a gateway, and none of its rules is for it: they are for other gateways or \
                  ports, or the servers that take the host speak another protocol (http rules need a server that reads \
                  requests, tls rules one that passes TLS through). Nothing is served there.",
    example: "gateways: [edge, mesh]\nhttp: [{match: [{gateways: [mesh]}], route: […]}]",
    sources: &["Istio: HTTPMatchRequest.gateways", "Istio: VirtualService"],
});

/// Adds it where servers take the host and no rule is for them.
pub fn check(cx: &BoundContext<'_, '_>, segment: &mut Segment) {
    if !matches!(cx.binding, Binding::Gateway(_)) || cx.servers.is_empty() {
        return;
    }
    let Some(spec) = cx.of.service.spec.as_ref().ok().filter(|_| cx.of.service.wrong.is_empty()) else { return };
    let rules = spec.http.len() + spec.tls.len() + spec.tcp.len();
    let gateway = words::brief(cx.named);
    let proof = cx.of.service.found.shows(match rules {
        1 => format!("its only rule is not for the gateway {gateway}"),
        _ => format!("none of its {rules} rules is for the gateway {gateway}"),
    });
    let message = format!("none of its rules applies at the gateway '{}'", words::brief(cx.named));
    let finding = DOC.finding(&proof, cx.of.object(), message);
    let finding = finding.at(cx.of.service.found.get().origin, field!["spec", "gateways", cx.index]);
    segment.add(finding.next("Add a rule for it, or take the gateway out.", words::get(&cx.of.object())));
}
