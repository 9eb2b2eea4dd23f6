//! `istio/virtual-service-doubted`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::VirtualContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "istio/virtual-service-doubted",
    segment: SegmentName::Rule,
    title: "Some versions of Istio refuse the VirtualService",
    explanation: "Istio's validating webhook of today would refuse the object. The API server holds it all the same, \
                  or versions that do not know the field take it: whether istiod serves it is not shown.",
    example: "rewrite: {uri: /new, uriRegexRewrite: {match: a, rewrite: b}}",
    sources: &["istio/istio pkg/config/validation/validation.go ValidateVirtualService"],
});

/// Adds it for a VirtualService that may be taken.
pub fn check(cx: &VirtualContext<'_, '_>, segment: &mut Segment) {
    let Some(why) =
        cx.service.doubtful.first().or(cx.service.spec.as_ref().err()).filter(|_| cx.service.wrong.is_empty())
    else {
        return;
    };
    let gap = Gap::investigate("whether Istio takes it is not shown", "versions of its webhook differ");
    let message = format!("versions of Istio refuse the VirtualService: {}", words::brief(why));
    segment.add(DOC.finding(&gap, cx.object(), message).next("Correct the field.", words::get(&cx.object())));
}
