//! `ingress/controller-not-ready`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/controller-not-ready",
    segment: SegmentName::Controller,
    title: "No pod of the ingress controller is ready",
    explanation: "The class is served by a controller whose pods carry the traffic themselves, its pods were found \
                  by their labels or image, the pods of the whole cluster were read, and none of those found is \
                  ready: whoever asks gets no answer. Finished pods and pods being deleted do not count; one ready \
                  pod suffices. Where pods may listen on their node although they are not ready, are only seconds \
                  old, only configure others, or not all pods were read, controller-doubtful is raised instead.",
    example: "ingress-nginx-controller-7d9c 0/1 CrashLoopBackOff",
    sources: &["networking.k8s.io/v1 IngressClass.spec.controller", "ingress-nginx: deployment"],
});

/// Adds it where the proof is complete.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let (Some(controller), Some(seen)) = (state.controller(), &state.seen) else { return };
    let Some(pod) = seen.pods.first().filter(|_| state.is_unserved()) else { return };
    let count = seen.pods.len();
    let (proof, message) = if count == 1 {
        (
            pod.shows("the only controller pod of the cluster, and not ready"),
            format!("the only pod of {} is not ready", controller.name),
        )
    } else {
        let fact = format!("not ready, like every one of the {count} controller pods of the cluster");
        (pod.shows(fact), format!("none of the {count} pods of {} is ready", controller.name))
    };
    let cause = "The controller receives the requests for this Ingress and passes them on. None of its pods is ready, \
                 so nobody takes them.";
    let finding =
        DOC.finding(&proof, pod.object(), message).cause(cause).relates(state.ingress.object(), "served by it");
    segment.add(finding.next("Find out why the controller is not ready.", words::controller_pods(state)));
}
