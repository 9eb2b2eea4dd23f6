//! `traefik/controller-doubtful`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::EntryContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "traefik/controller-doubtful",
    segment: SegmentName::Controller,
    title: "Pods of Traefik were seen and none of them is ready",
    explanation: "Pods of Traefik were found and none of those is ready, but that does not prove that nobody takes the \
                  traffic: not all pods of the cluster were read, their status was not collected, or they listen on \
                  their node, or are seconds old.",
    example: "One pod of Traefik, not ready, in a dump of one namespace",
    sources: &["Traefik documentation: EntryPoints"],
});

/// Adds it where no pod is ready and nothing is proven.
pub fn check(cx: &EntryContext<'_, '_>, segment: &mut Segment) {
    let seen = &cx.tier.seen;
    let Some(pod) = seen.pods.first().filter(|_| seen.ready == 0 && !cx.tier.is_unserved()) else { return };
    if pod.is_manifest() {
        return;
    }
    let reason = match &seen.complete {
        Err(gap) => gap.sentence(),
        Ok(()) => "its pods may listen all the same, or their status is not known".to_owned(),
    };
    let gap = Gap::investigate("whether Traefik takes traffic is not shown", reason);
    let finding =
        DOC.finding(&gap, pod.object(), "no ready pod of Traefik was seen").relates(cx.object(), "served by it");
    segment.add(finding.next("Find out why Traefik is not ready.", words::pods(cx)));
}
