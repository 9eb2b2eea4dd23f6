//! `traefik/middleware-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use crate::evaluate::traefik::at;
use crate::resolve::traefik::middlewares::What;
use kubereach_model::evidence::{Assumes, CheckDoc, MayBeInTheWay, Obstacle, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "traefik/middleware-unseen",
    segment: SegmentName::Rule,
    title: "A middleware of the route was not read",
    explanation: "A route is served only if all of its middlewares exist. One of them was not read, and its kind was \
                  not read completely.",
    example: "middlewares: [{name: strip}]   # in a dump without the kinds of Traefik",
    sources: &["traefik/traefik pkg/server/middleware/middlewares.go"],
});

/// Adds it for each of them.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    for fault in &cx.middlewares.faults {
        if let What::SecretUnseen(object, gap) = &fault.what {
            let message = format!("the Secret that {} needs was not read", object.object());
            let obstacle = Obstacle::new(MayBeInTheWay::Secrets, gap.clone());
            let assumption = DOC.assumption(obstacle, cx.of.object(), message);
            let assumption = assumption.could("be missing, so that Traefik leaves the route out");
            segment.assume(assumption.read_by(words::secrets()), cx.of.cluster.snapshot.strict);
        }
        let What::Unseen(gap) = &fault.what else { continue };
        let message = format!("the middleware '{}' was not read", words::brief(&fault.name));
        let obstacle = Obstacle::of_cluster(cx.of.manifests(), cx.takes().middleware(), "middlewares", gap.clone());
        if let Some(obstacle) = obstacle {
            let assumption = DOC
                .assumption(obstacle, cx.of.object(), message)
                .could("be missing, so that Traefik leaves the route out");
            segment.assume(assumption.read_by(words::middlewares(cx.of)), cx.of.cluster.snapshot.strict);
            continue;
        }
        let finding = at(DOC.finding(gap, cx.of.object(), message), &fault.naming, []);
        segment.add(finding.next("Read the middlewares as well.", words::get(cx.of)));
    }
}
