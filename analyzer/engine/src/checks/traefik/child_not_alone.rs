//! `traefik/child-not-alone`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/child-not-alone",
    segment: SegmentName::Rule,
    title: "An IngressRoute with parents must not have entry points or TLS",
    explanation: "Entry points and TLS are those of the parent. Traefik marks a child that has its own as wrong and \
                  leaves it out of the parent's routes.",
    example: "spec: {parentRefs: [{name: front}], entryPoints: [web]}",
    sources: &["traefik/traefik pkg/server/router/router.go ParseRouterTree"],
});

/// Adds it for a child with its own.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let Some(spec) = cx.of.spec().filter(|spec| !spec.parent_refs.is_empty()) else { return };
    let what = match (&spec.tls, spec.entry_points.is_empty()) {
        (Some(_), _) => "tls",
        (None, false) => "entryPoints",
        (None, true) => return,
    };
    let proof = cx.of.entry.found.shows(format!("it has parentRefs and {what}"));
    let message = format!("it has parents and {what} of its own, which Traefik refuses");
    let finding = cx.of.at(DOC.finding(&proof, cx.of.object(), message), field!["spec", what]);
    segment.add(finding.next("Leave it to the parent.", words::get(cx.of)));
}
