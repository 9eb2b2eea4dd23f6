//! `traefik/controller-not-ready`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::EntryContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/controller-not-ready",
    segment: SegmentName::Controller,
    title: "No pod of Traefik is ready",
    explanation: "The pods of Traefik carry the traffic themselves. They were found by their labels or image, the pods \
                  of the whole cluster were read, and none of those found is ready. Where pods may listen on their \
                  node although they are not ready, are only seconds old, or not all pods were read, \
                  controller-doubtful is raised instead.",
    example: "traefik-7d9c 0/1 CrashLoopBackOff",
    sources: &["Traefik documentation: EntryPoints"],
});

/// Adds it where the proof is complete.
pub fn check(cx: &EntryContext<'_, '_>, segment: &mut Segment) {
    let Some(pod) = cx.tier.seen.pods.first().filter(|_| cx.tier.is_unserved()) else { return };
    let count = cx.tier.seen.pods.len();
    let proof = pod.shows(match count {
        1 => "not ready, and no other pod of Traefik was found in the cluster".to_owned(),
        _ => format!("not ready, and {count} pods of Traefik were found in the cluster"),
    });
    let message = match count {
        1 => "the only pod of Traefik is not ready".to_owned(),
        _ => format!("none of the {count} pods of Traefik is ready"),
    };
    let finding = DOC.finding(&proof, pod.object(), message).relates(cx.object(), "served by it");
    let finding = finding.cause("Traefik receives the traffic for this route and passes it on; nobody takes it now.");
    segment.add(finding.next("Find out why Traefik is not ready.", words::pods(cx)));
}
