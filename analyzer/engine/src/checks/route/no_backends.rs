//! `route/no-backends`: the rule has no backend.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RuleContext;
use crate::resolve::route::filters;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::model::RouteKind;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/no-backends",
    segment: SegmentName::Rule,
    title: "The rule has no backend",
    explanation: "A rule without backendRefs, and without a filter that answers by itself (a redirect), has nowhere to \
                  send requests: HTTP requests get status 500, gRPC calls fail, connections are refused.",
    example: "rules: [{matches: [{path: {value: /cart}}]}]   # no backendRefs",
    sources: &["Gateway API reference: HTTPRouteRule.backendRefs"],
});

/// For a rule without backends. A filter that is not evaluated may answer by itself.
pub(super) fn check(cx: &RuleContext<'_, '_>, segment: &mut Segment) {
    let answers = cx.redirects() || cx.rule.filters.iter().any(filters::is_extension);
    if answers || !cx.rule.backend_refs.is_empty() {
        return;
    }
    let (route, index) = (cx.route, cx.index);
    let proof = route.shows(format!("rule {} has no backendRefs and no redirect", index + 1));
    let what = match route.kind {
        RouteKind::Http => "requests get error 500",
        RouteKind::Grpc => "calls fail",
        RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp => "connections are refused",
    };
    segment.add(
        DOC.finding(
            &proof,
            route.object(),
            format!("rule {} of {} {} names no backend, so {what}", index + 1, route.kind.word(), route.metadata.name),
        )
        .next("Add a backendRef to the rule.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "rules", index]),
    );
}
