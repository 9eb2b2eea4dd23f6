//! `ingress/controller-not-seen`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::of_cluster::{COULD, classes, of_cluster};
use crate::checks::ingress::words;
use crate::resolve::ingress::state::{IngressState, Tier};
use kubereach_model::evidence::{Assumes, CheckDoc, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "ingress/controller-not-seen",
    segment: SegmentName::Controller,
    title: "No pod of the ingress controller was seen",
    explanation: "The class says which controller should serve this Ingress, and nothing shows that it runs: no pod \
                  of it was recognised and no address is published. Its pods may carry other labels and images, or \
                  may not have been collected, so nothing is condemned. In manifests the controller is the cluster's, and \
                  is assumed to run. Not raised for controllers outside the cluster, and where an address is published.",
    example: "Class nginx (k8s.io/ingress-nginx) and no ingress-nginx pod in the input.",
    sources: &["networking.k8s.io/v1 IngressClass.spec.controller"],
});

/// Adds it where nothing but the class speaks for the controller.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let (Some(controller), Some(seen)) = (state.controller(), &state.seen) else { return };
    let unseen = seen.pods.is_empty() && state.tier() == Tier::Configured;
    if !unseen || controller.is_outside() || state.is_ignored() {
        return;
    }
    let reason = match &seen.complete {
        Ok(()) => "no pod with its labels or image is among the pods of the cluster".to_owned(),
        Err(gap) => gap.sentence(),
    };
    let gap = Gap::investigate(format!("whether {} runs is not shown", controller.name), reason);
    let message = match seen.ignoring.first() {
        None => format!(
            "nothing shows that {} runs: none of its pods was recognised and no address is published",
            controller.name
        ),
        Some((pod, why)) => format!(
            "nothing shows who serves it: of {} only pods were recognised that ignore it ({}: {why}), and no address \
             is published",
            controller.name, pod.metadata.name
        ),
    };
    if let Some(obstacle) = of_cluster(state, gap.clone()) {
        let assumption = DOC.assumption(obstacle, state.ingress.object(), message);
        return segment.assume(assumption.could(COULD).read_by(classes()), state.strict);
    }
    if state.is_manifest() {
        return;
    }
    let finding = DOC.finding(&gap, state.ingress.object(), message);
    segment.add(finding.next("Look for the controller.", words::controller_pods(state)));
}
