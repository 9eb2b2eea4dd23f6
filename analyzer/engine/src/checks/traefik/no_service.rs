//! `traefik/no-service`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/no-service",
    segment: SegmentName::Rule,
    title: "The route leads nowhere",
    explanation: "A route without a Service is not served, unless it is a parent: then the IngressRoutes that name it \
                  in parentRefs take its requests on.",
    example: "routes:\n- match: Host(`shop.example`)\n  kind: Rule",
    sources: &["traefik/traefik pkg/server/router/router.go (router has no service and no child routers)"],
});

/// Adds it for a route without Service and children.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    if !cx.route.services.is_empty() || cx.rule.is_err() && !cx.route.rule.is_empty() {
        return;
    }
    if let Some(child) = cx.of.all.children(cx.of.entry).next() {
        return segment.evaluated(format!("{} goes on from it", child.found.object()));
    }
    if cx.may_have_children().is_some() {
        return;
    }
    let proof = cx.of.entry.found.shows(format!("route {} names no Service", cx.index + 1));
    let message = format!("{} leads to no Service", words::brief(&cx.title()));
    let finding = cx.of.at(DOC.finding(&proof, cx.of.object(), message), field!["spec", "routes", cx.index]);
    segment.add(finding.next("Name the Service that answers.", words::get(cx.of)));
}
