//! `route/no-backends`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Route, RouteKind};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/no-backends",
    segment: SegmentName::Rule,
    title: "The rule has no backend",
    explanation: "A rule without backendRefs, and without a filter that answers by itself (a redirect), has nowhere to \
                  send requests: HTTP requests get status 500, gRPC calls fail, connections are refused.",
    example: "rules: [{matches: [{path: {value: /cart}}]}]   # no backendRefs",
    sources: &["Gateway API reference: HTTPRouteRule.backendRefs"],
});

/// For the rule at `index`.
pub fn finding(route: Found<'_, Route>, index: usize) -> Finding {
    let proof = route.shows(format!("rule {} has no backendRefs and no redirect", index + 1));
    let what = match route.kind {
        RouteKind::Http => "requests get error 500",
        RouteKind::Grpc => "calls fail",
        RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp => "connections are refused",
    };
    DOC.finding(
        &proof,
        route.object(),
        format!("rule {} of {} {} names no backend, so {what}", index + 1, route.kind.word(), route.metadata.name),
    )
    .next("add a backendRef to the rule", command::get(&route.object(), "-o yaml"))
    .at(route.origin, field!["spec", "rules", index])
}
