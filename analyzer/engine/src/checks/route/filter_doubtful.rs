//! `route/filter-doubtful`: a filter has values that controllers refuse.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RuleContext;
use crate::resolve::route::filters;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::RouteRule;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/filter-doubtful",
    segment: SegmentName::Rule,
    title: "A filter has values that controllers refuse",
    explanation: "The values of a filter are not allowed by the specification, or are taken only by some \
                  implementations: a header name that cannot exist, a redirect to another scheme than http and https, \
                  the same filter twice, a filter that makes no sense for a single backend. A controller may refuse \
                  the route, drop the rule, or ignore the filter. Nothing is claimed where the controller says, for \
                  the present spec, that it accepted the route.",
    example: "filters: [{type: RequestRedirect, requestRedirect: {scheme: gopher}}]",
    sources: &["Gateway API reference: HTTPRouteFilter"],
});

/// For each doubt about the filters of the rule and of its backends, unless a controller accepted the route.
pub(super) fn check(cx: &RuleContext<'_, '_>, segment: &mut Segment) {
    if cx.accepted {
        return;
    }
    let (route, index) = (cx.route, cx.index);
    let RouteRule { filters, matches, backend_refs, .. } = cx.rule;
    let of_backends = backend_refs.iter().flat_map(|b| filters::doubts(&b.filters, matches, true));
    for why in filters::doubts(filters, matches, false).into_iter().chain(of_backends) {
        let gap = Gap::investigate("whether the controller takes the filter is not known", &*why);
        segment.add(
            DOC.finding(
                &gap,
                route.object(),
                format!("a filter of rule {} may be refused: {}", index + 1, command::cut(&why)),
            )
            .cause("controllers validate filters and refuse a route, or drop a rule, with values they do not take")
            .next(
                "Correct the filter, or look whether the controller accepts the route.",
                command::describe(&route.object()),
            )
            .at(route.origin, field!["spec", "rules", index, "filters"]),
        );
    }
}
