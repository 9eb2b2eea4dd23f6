//! `istio/rule-not-bound`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::VirtualContext;
use kubereach_model::evidence::{Blocks, CheckDoc, FieldPath, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/rule-not-bound",
    segment: SegmentName::Rule,
    title: "A rule is for a gateway where the VirtualService is not served",
    explanation: "The gateways of a match choose among those of the VirtualService. One that the VirtualService does \
                  not name has nothing to do with it, and a match for it never acts.",
    example: "gateways: [edge]\nhttp: [{match: [{gateways: [infra/other]}], route: […]}]",
    sources: &["Istio: HTTPMatchRequest.gateways"],
});

/// Adds it for one name in one match.
pub fn check(cx: &VirtualContext<'_, '_>, gateway: &str, field: &FieldPath, segment: &mut Segment) {
    let gateway = words::brief(gateway);
    let proof = cx.service.found.shows(format!("a match names the gateway {gateway}, and spec.gateways does not"));
    let message = format!("a match is for the gateway '{gateway}', where the VirtualService is not served");
    let finding = DOC.finding(&proof, cx.object(), message).at(cx.service.found.get().origin, field.iter().cloned());
    segment
        .add(finding.next("Add the gateway to spec.gateways, or take it out of the match.", words::get(&cx.object())));
}
