//! `route/delegated`: another route hands requests on to this one.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RouteContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/delegated",
    segment: SegmentName::Rule,
    title: "Another route hands requests on to this one",
    explanation: "The route names no Gateway, and another HTTPRoute names it as a backend: with kgateway and Gloo Gateway \
                  that hands requests on to it, by its name, by `*` for all routes of a namespace, or by a label. It needs \
                  no parent of its own. Which requests arrive depends on the matches of both, which is not evaluated.",
    example: "backendRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: '*', namespace: team-a}]",
    sources: &["kgateway: route delegation"],
});

/// For a route without parentRefs.
pub(super) fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let Some(by) = cx.delegated_by.filter(|_| cx.route.spec.parent_refs.is_empty()) else { return };
    let route = cx.route;
    let gap = Gap::investigate("which requests another route hands on to it", "delegation is not evaluated");
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!(
                "{} {} gets its requests from {} {}/{}, which names it as a backend",
                route.kind.word(),
                route.metadata.name,
                by.kind.word(),
                by.metadata.namespace,
                by.metadata.name
            ),
        )
        .relates(by.object(), "hands requests on to it")
        .next("Look at the route that hands requests on.", command::describe(&by.object())),
    );
}
