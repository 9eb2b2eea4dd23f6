//! `traefik/children-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "traefik/children-unseen",
    segment: SegmentName::Rule,
    title: "Whether a route without a Service has children is not shown",
    explanation: "A route without a Service is a parent, or leads nowhere. No IngressRoute that was read names it in \
                  parentRefs, and IngressRoutes were not read completely.",
    example: "routes: [{match: Host(`shop.example`), kind: Rule}]   # in a dump of one namespace",
    sources: &["traefik/traefik pkg/server/router/router.go (router has no service and no child routers)"],
});

/// Adds it where a child may be elsewhere.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let Some(gap) = cx.may_have_children() else { return };
    let message = format!("whether {} has children is not shown", words::brief(&cx.title()));
    let finding = cx.of.at(DOC.finding(&gap, cx.of.object(), message), field!["spec", "routes", cx.index]);
    segment.add(finding.next("Read the IngressRoutes of all namespaces.", words::get(cx.of)));
}
