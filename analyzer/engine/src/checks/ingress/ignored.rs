//! `ingress/ignored`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/ignored",
    segment: SegmentName::Controller,
    title: "Every instance of the controller ignores the Ingress",
    explanation: "The class names a controller whose pods carry the traffic themselves, the pods of the whole cluster \
                  were read, and the flags of every one that was recognised say that it does not take this Ingress: \
                  another class name or annotation value, another spec.controller, or namespaces that it does not \
                  watch. Nobody makes a route of it, and requests get the controller's 404. Not raised where an address \
                  is published, or where the flags of some instance were not read.",
    example: "kubernetes.io/ingress.class: nginx, and the only controller runs with --ingress-class=public",
    sources: &[
        "kubernetes/ingress-nginx internal/ingress/controller/store/store.go (GetIngressClass)",
        "traefik/traefik pkg/provider/kubernetes/ingress/kubernetes.go (shouldProcessIngress)",
    ],
});

/// Adds it where the proof is complete.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let (Some(controller), Some(seen)) = (state.controller(), &state.seen) else { return };
    let Some((pod, why)) = seen.ignoring.first().filter(|_| state.is_ignored()) else { return };
    let kind = state.ingress.kind();
    let message = match seen.ignoring.len() {
        1 => format!("{} does not take this {kind}: {why}", controller.name),
        n => format!("none of the {n} instances of {} takes this {kind}; of one, {why}", controller.name),
    };
    let mut finding = DOC
        .finding(&pod.shows(why.clone()), state.ingress.object(), message)
        .cause(format!("The flags of {} say what it takes, and this {kind} is not among it.", controller.name));
    for (pod, why) in seen.ignoring.iter().take(4) {
        finding = finding.relates(pod.object(), format!("ignores it: {why}"));
    }
    segment.add(finding.next(
        "Name the class that the controller takes, or change its flags.",
        words::kubectl("get pod -o yaml", &pod.object()),
    ));
}
