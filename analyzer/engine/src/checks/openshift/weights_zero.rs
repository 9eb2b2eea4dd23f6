//! `openshift/weights-zero`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::openshift::RouteContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "openshift/weights-zero",
    segment: SegmentName::Reference,
    title: "Every weight is 0",
    explanation: "The weights of all backends are 0: the router treats the Route as one without backends and answers \
                  with 503.",
    example: "to: {name: web, weight: 0}",
    sources: &["route.openshift.io/v1 RouteSpec (weights)"],
});

/// Asked only where it is so.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let finding = DOC
        .finding(
            &cx.route.shows("gives every backend the weight 0"),
            cx.route.object(),
            "every backend has the weight 0",
        )
        .cause("Weight 0 sends no requests to a backend; with all of them at 0 the router answers with 503.")
        .at(cx.route.origin, field!["spec", "to", "weight"]);
    segment.add(finding.next("Give a backend a weight.", words::kubectl("get route -o yaml", &cx.route.object())));
}
