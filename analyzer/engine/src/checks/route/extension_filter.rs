//! `route/extension-filter`: a filter that is not evaluated.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::FilterContext;
use crate::resolve::route::filters;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/extension-filter",
    segment: SegmentName::Rule,
    title: "A filter that is not evaluated",
    explanation: "Filters of an implementation, and filters that call other systems (external authorization), can \
                  answer, change or refuse any request. What this one does is not evaluated.",
    example: "\
filters: [{type: ExtensionRef, extensionRef: {group: example.io, kind: WasmPlugin, name: auth}}]",
    sources: &["Gateway API reference: HTTPRouteFilter.extensionRef"],
});

/// For a filter whose meaning is not known.
pub(super) fn check(cx: &FilterContext<'_, '_>, segment: &mut Segment) {
    let (route, index, filter) = (cx.route, cx.rule, cx.filter);
    if !filters::is_extension(filter) {
        return;
    }
    let named = filter.extension_ref.as_ref().map(|r| (r.kind.as_deref().unwrap_or(&filter.kind), &r.name));
    let what = command::cut(&named.map_or_else(|| filter.kind.clone(), |(kind, name)| format!("{kind} {name}")));
    let gap = Gap::investigate(
        format!("what the filter {what} does to requests is not evaluated"),
        "its meaning is specific to an implementation",
    );
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!("rule {} sends requests through the filter {what}, which is not evaluated", index + 1),
        )
        .next("Look at the filter in the route.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "rules", index, "filters"]),
    );
}
