//! `ingress/controller-not-seen`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{Inconclusive, CheckDoc, Segment, Text};
use crate::resolve::ingress::front::{Front, Tier};
use kubereach_model::snapshot::Gap;
use crate::checks::ingress::words;

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/controller-not-seen",
    segment: SegmentName::Controller,
    title: "No pod of the ingress controller was seen",
    explanation: "The class says which controller should serve this Ingress, and nothing shows that it runs: no pod \
                  of it was recognised and no address is published. Its pods may carry other labels and images, or \
                  may not have been collected, so nothing is condemned. Not raised for manifests, for controllers \
                  outside the cluster, and where an address is published.",
    example: "Class nginx (k8s.io/ingress-nginx) and no ingress-nginx pod in the input.",
    sources: &["networking.k8s.io/v1 IngressClass.spec.controller"],
});

/// Adds it where nothing but the class speaks for the controller.
pub(crate) fn check(front: &Front<'_>, segment: &mut Segment) {
    let (Some(controller), Some(seen)) = (front.controller(), &front.seen) else { return };
    let unseen = seen.pods.is_empty() && front.tier() == Tier::Configured;
    if !unseen || front.is_manifest() || controller.is_outside() {
        return;
    }
    let reason = match &seen.complete {
        Ok(()) => "no pod with its labels or image is among the pods of the cluster".to_owned(),
        Err(gap) => gap.sentence(),
    };
    let gap = Gap::investigate(format!("whether {} runs is not shown", controller.name), reason);
    let message = format!("nothing shows that {} runs: none of its pods was recognised and no address is published", controller.name);
    let finding = DOC.finding(&gap, front.ingress.object(), message);
    segment.add(finding.next("Look for the controller", words::controller_pods(front)));
}
