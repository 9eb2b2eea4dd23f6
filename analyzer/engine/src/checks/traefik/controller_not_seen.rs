//! `traefik/controller-not-seen`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::EntryContext;
use kubereach_model::evidence::{Assumes, CheckDoc, Obstacle, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "traefik/controller-not-seen",
    segment: SegmentName::Controller,
    title: "No pod of Traefik was seen",
    explanation: "Only Traefik reads this kind, and nothing shows that it runs: no pod of it was recognised by its \
                  labels or image. Its pods may carry others, or may not have been collected, so nothing is condemned. \
                  In manifests Traefik is the cluster's, and is assumed to run.",
    example: "An IngressRoute in a dump of its namespace alone",
    sources: &["Traefik documentation: Kubernetes CRD provider"],
});

/// Adds it where nothing shows that Traefik runs.
pub fn check(cx: &EntryContext<'_, '_>, segment: &mut Segment) {
    if !cx.tier.seen.pods.is_empty() {
        return;
    }
    let reason = match &cx.tier.seen.complete {
        Ok(()) => "no pod with its labels or image is among the pods of the cluster".to_owned(),
        Err(gap) => gap.sentence(),
    };
    let gap = Gap::investigate("whether Traefik runs is not shown", reason);
    let message = "nothing shows that Traefik runs: none of its pods was recognised";
    if let Some(obstacle) = Obstacle::of_cluster(cx.manifests(), "Pod", "the pods of Traefik", gap.clone()) {
        let assumption = DOC.assumption(obstacle, cx.object(), message).could("not run, so that nobody answers");
        return segment.assume(assumption.read_by(words::reading()), cx.cluster.snapshot.strict);
    }
    segment.add(DOC.finding(&gap, cx.object(), message).next("Look for Traefik.", words::pods(cx)));
}
