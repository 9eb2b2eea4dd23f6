//! `route/mirror-unseen`: the target of a mirror was not read.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::FilterContext;
use crate::resolve::route::backend::Named;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/mirror-unseen",
    segment: SegmentName::Rule,
    title: "The target of a mirror was not read",
    explanation: "A RequestMirror filter copies requests to a Service that is not in the input, and the input does not \
                  prove that it does not exist. Whether the copies arrive cannot be told; the requests themselves are \
                  not concerned.",
    example: "\
filters: [{type: RequestMirror, requestMirror: {backendRef: {name: not-in-the-input, port: 80}}}]",
    sources: &["Gateway API reference: HTTPRequestMirrorFilter.backendRef"],
});

/// For a mirror whose target was not read.
pub(super) fn check(cx: &FilterContext<'_, '_>, segment: &mut Segment) {
    let (route, index) = (cx.route, cx.rule);
    let Some(target) = &cx.mirror else { return };
    let Named::Unseen(gap) = &target.named else { return };
    segment.add(
        DOC.finding(
            gap,
            route.object(),
            format!(
                "{} is not in the input, so nothing shows whether the copies of rule {} arrive",
                target.describe(),
                index + 1
            ),
        )
        .cause("only the mirrored copies are in doubt; the requests themselves go their way")
        .next("Check whether the Service exists.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "rules", index, "filters"]),
    );
}
