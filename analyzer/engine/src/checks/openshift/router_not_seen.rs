//! `openshift/router-not-seen`

use kubereach_reports::report::SegmentName;

use crate::evaluate::door::openshift::RouteContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "openshift/router-not-seen",
    segment: SegmentName::Controller,
    title: "No router was seen",
    explanation: "The pods of the cluster were read, none of them is a router, and no router has admitted the Route: \
                  nothing shows that anybody serves it. Where pods were not read, the router is taken for granted, as \
                  a part of OpenShift.",
    example: "A Route in a cluster that is not OpenShift.",
    sources: &["openshift/cluster-ingress-operator: pkg/operator/controller/ingress/deployment.go"],
});

/// For the router of one path.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let Some(seen) = &cx.state.seen else { return };
    let none = seen.pods.is_empty() && seen.complete.is_ok();
    if !none || cx.is_admitted() || cx.route.is_manifest() {
        return;
    }
    let gap = Gap::investigate("whether a router runs is not shown", "no pod carries the label of one");
    let message = "no router was seen, and none has admitted this Route";
    let finding = DOC.finding(&gap, cx.route.object(), message);
    let command = format!("kubectl get pods -A -l {}", super::ROUTER);
    segment.add(finding.next("Look for the routers.", command));
}
