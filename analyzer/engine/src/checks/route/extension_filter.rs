//! `route/extension-filter`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/extension-filter",
    segment: SegmentName::Rule,
    title: "A filter that is not evaluated",
    explanation: "Filters of an implementation, and filters that call other systems (external authorization), can \
                  answer, change or refuse any request. What this one does is not evaluated.",
    example: "\
filters: [{type: ExtensionRef, extensionRef: {group: example.io, kind: WasmPlugin, name: auth}}]",
    sources: &["Gateway API reference: HTTPRouteFilter.extensionRef"],
});

/// For a filter of the rule at `index`; `what` names it.
pub fn finding(route: Found<'_, Route>, index: usize, what: &str) -> Finding {
    let gap = Gap::investigate(
        format!("what the filter {what} does to requests is not evaluated"),
        "its meaning is specific to an implementation",
    );
    DOC.finding(
        &gap,
        route.object(),
        format!("rule {} sends requests through the filter {what}, which is not evaluated", index + 1),
    )
    .next("look at the filter in the route", command::get(&route.object(), "-o yaml"))
    .at(route.origin, field!["spec", "rules", index, "filters"])
}
