//! `istio/virtual-service-refused`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::VirtualContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/virtual-service-refused",
    segment: SegmentName::Rule,
    title: "Istio refuses the VirtualService",
    explanation: "Istio's validating webhook refuses the object, and istiod leaves it out where it is stored all the \
                  same. The sentence says which field is wrong.",
    example: "http: [{match: [{uri: {prefix: /}}]}]   # no route, redirect or directResponse",
    sources: &["istio/istio pkg/config/validation/validation.go ValidateVirtualService"],
});

/// Adds it for a VirtualService that is wrong.
pub fn check(cx: &VirtualContext<'_, '_>, segment: &mut Segment) {
    let Some(why) = cx.service.wrong.first() else { return };
    let why = words::brief(why);
    let message = format!("Istio refuses the VirtualService: {why}");
    let finding = DOC.finding(&cx.service.found.shows(why), cx.object(), message);
    let finding = finding.at(cx.service.found.get().origin, field!["spec"]);
    segment.add(finding.next("Correct the field.", words::get(&cx.object())));
}
