//! `route/filter-doubtful`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
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

/// For the rule at `index`; `why` is a clause about its filters.
pub fn finding(route: Found<'_, Route>, index: usize, why: &str) -> Finding {
    let gap = Gap::investigate("whether the controller takes the filter is not known", why);
    DOC.finding(&gap, route.object(), format!("a filter of rule {} may be refused: {}", index + 1, command::cut(why)))
        .cause("controllers validate filters and refuse a route, or drop a rule, with values they do not take")
        .next(
            "correct the filter, or look whether the controller accepts the route",
            command::describe(&route.object()),
        )
        .at(route.origin, field!["spec", "rules", index, "filters"])
}
