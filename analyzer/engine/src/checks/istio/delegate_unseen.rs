//! `istio/delegate-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::VirtualContext;
use crate::resolve::istio::of_kind;
use kubereach_model::evidence::{Assumes, CheckDoc, FieldPath, Obstacle, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "istio/delegate-unseen",
    segment: SegmentName::Reference,
    title: "The delegate of a rule was not read",
    explanation: "A rule with a delegate gives its requests to the rules of another VirtualService, which was not \
                  read, and the VirtualServices of its namespace were not read completely. In manifests it is assumed \
                  to be in the cluster.",
    example: "http: [{delegate: {name: cart, namespace: shop}}]   # a dump of another namespace",
    sources: &["Istio: Delegate"],
});

/// Adds it for one rule.
pub fn check(cx: &VirtualContext<'_, '_>, (namespace, name): (&str, &str), field: &FieldPath, segment: &mut Segment) {
    let Err(gap) = cx.cluster.snapshot.is_complete(&of_kind("VirtualService"), Some(namespace)) else { return };
    let message = format!("the delegate {}/{} was not read", words::brief(namespace), words::brief(name));
    if let Some(obstacle) = Obstacle::of_cluster(cx.manifests(), "VirtualService", "delegates", gap.clone()) {
        let assumption =
            DOC.assumption(obstacle, cx.object(), message).could("be missing, so that the rule is left out");
        return segment.assume(assumption.read_by(words::reading("virtualservices")), cx.cluster.snapshot.strict);
    }
    let finding = DOC.finding(&gap, cx.object(), message).at(cx.service.found.get().origin, field.iter().cloned());
    segment.add(finding.next("Read its namespace as well.", "kubectl get virtualservices.networking.istio.io -A"));
}
