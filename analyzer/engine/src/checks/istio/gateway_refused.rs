//! `istio/gateway-refused`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::GatewayContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/gateway-refused",
    segment: SegmentName::Listener,
    title: "Istio refuses the Gateway",
    explanation: "Istio's validating webhook refuses the object, and istiod leaves it out where it is stored all the \
                  same. The sentence says which field is wrong.",
    example: "servers: [{hosts: [shop], port: {number: 80, name: http, protocol: HTTP}}]   # a short name",
    sources: &["istio/istio pkg/config/validation/validation.go ValidateGateway"],
});

/// Adds it for a Gateway that is wrong.
pub fn check(cx: &GatewayContext<'_, '_>, segment: &mut Segment) {
    let Some(why) = cx.gateway.wrong.first() else { return };
    let why = words::brief(why);
    let message = format!("Istio refuses the Gateway: {why}");
    let finding = DOC.finding(&cx.gateway.found.shows(why), cx.object(), message);
    let finding = finding.at(cx.gateway.found.get().origin, field!["spec", "servers"]);
    segment.add(finding.next("Correct the field.", words::get(&cx.object())));
}
