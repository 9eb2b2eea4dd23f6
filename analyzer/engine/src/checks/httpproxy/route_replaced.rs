//! `httpproxy/route-replaced`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::contour::ProxyContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "httpproxy/route-replaced",
    segment: SegmentName::Rule,
    title: "A later route has the same conditions",
    explanation: "Two routes of the object have the same conditions. Contour keeps the later one, so that no request \
                  takes the earlier.",
    example: "Two routes with prefix: /, to different Services",
    sources: &["Contour: internal/dag/dag.go (VirtualHost.AddRoute)"],
});

/// Asked only where it is so.
pub fn check(cx: &ProxyContext<'_, '_>, segment: &mut Segment) {
    let proof = cx.proxy.shows("has a later route with the same conditions");
    let finding = DOC
        .finding(&proof, cx.proxy.object(), "a later route of this HTTPProxy has the same conditions and replaces it")
        .cause("Of two routes with equal conditions the later one is kept.")
        .at(cx.proxy.origin, field!["spec", "routes"]);
    segment.add(
        finding.next("Put the Services into one route.", words::kubectl("get httpproxy -o yaml", &cx.proxy.object())),
    );
}
