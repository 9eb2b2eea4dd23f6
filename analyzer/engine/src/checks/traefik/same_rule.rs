//! `traefik/same-rule`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use crate::resolve::traefik::objects::{Route, RouteSpec, Takes};
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "traefik/same-rule",
    segment: SegmentName::Rule,
    title: "Another IngressRoute takes the same requests with the same priority",
    explanation: "Of routes that take the same request the one with the higher priority answers; without one of their \
                  own that is the one with the longer rule. Another IngressRoute has the same rule at the same entry \
                  point with the same priority and leads elsewhere: which of the two answers is not fixed.",
    example: "Two IngressRoutes with match: Host(`shop.example`) and different Services",
    sources: &["Traefik documentation: Rules and Priority"],
});

/// Adds it for both.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let (takes, Some(spec)) = (cx.takes(), cx.of.spec()) else { return };
    if takes == Takes::Udp || cx.rule.is_err() || !spec.parent_refs.is_empty() {
        return;
    }
    let mine: Vec<_> = cx.leaves.iter().map(|leaf| &leaf.backend).collect();
    let meets = |other: &RouteSpec| {
        let shared = other.entry_points.iter().any(|name| spec.entry_points.contains(name));
        let both_default = other.entry_points.is_empty() && spec.entry_points.is_empty();
        (shared || both_default) && other.tls.is_some() == spec.tls.is_some() && other.parent_refs.is_empty()
    };
    let priority = |route: &Route| route.priority.known().copied().unwrap_or_default();
    for other in cx.of.all.entries.iter().filter(|e| e.takes == takes && e.class() == cx.of.entry.class()) {
        let Some(theirs) = other.spec.as_ref().ok().filter(|spec| meets(spec)) else { continue };
        if other.found.object() == cx.of.object() {
            continue;
        }
        let same = theirs.routes.iter().find(|r| r.rule == cx.route.rule && priority(r) == priority(cx.route));
        let Some(route) = same else { continue };
        let elsewhere = route.services.iter().any(|service| {
            let namespace = if service.namespace.is_empty() { other.namespace() } else { &service.namespace };
            !mine.iter().any(|backend| backend.name == service.name && backend.namespace == namespace)
        });
        if !elsewhere {
            continue;
        }
        let gap = Gap::by_design("which of the two answers is not fixed", "both have the same rule and priority");
        let message = format!("{} takes the same requests with the same priority", other.found.object());
        let finding = DOC.finding(&gap, cx.of.object(), message).relates(other.found.object(), "takes the same");
        let finding = cx.of.at(finding, field!["spec", "routes", cx.index, "match"]);
        segment.add(finding.next("Give one of them a higher priority, or another rule.", words::get(cx.of)));
        return;
    }
}
