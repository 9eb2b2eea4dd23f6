//! `openshift/router-not-ready`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::door::openshift::RouteContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "openshift/router-not-ready",
    segment: SegmentName::Controller,
    title: "No pod of the Route's router is ready",
    explanation: "The status names the router that admitted the Route, its pods were found by their label \
                  (ingresscontroller.operator.openshift.io/deployment-ingresscontroller), the pods of the whole \
                  cluster were read, and none of them is ready: nobody takes requests for the host. Pods on the \
                  network of their node are left out, since they may listen although they are not ready.",
    example: "router-internal-6d9c 0/1 CrashLoopBackOff, and a Route admitted by the router internal",
    sources: &["openshift/cluster-ingress-operator: pkg/operator/controller/ingress/deployment.go"],
});

/// For the router of one path.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let (Some(router), Some(seen)) = (cx.router, &cx.state.seen) else { return };
    // Where none of all routers is ready another check says so.
    if seen.complete.is_err() || seen.ready == 0 {
        return;
    }
    let own: Vec<_> =
        seen.pods.iter().filter(|pod| pod.metadata.label(super::ROUTER) == Some(router.router_name.as_str())).collect();
    let stands_still = |pod: &&_| crate::checks::door::is_unready_and_off_the_node(pod);
    let Some(pod) = own.first().filter(|_| own.iter().all(stands_still)) else { return };
    let name = words::brief(&router.router_name);
    let proof = pod.shows(format!("not ready, like every pod of the router {name}"));
    let finding = DOC
        .finding(&proof, pod.object(), format!("no pod of the router {name} is ready"))
        .cause("This router admitted the Route; without a ready pod nobody takes its requests.")
        .relates(cx.route.object(), "served by it");
    segment.add(finding.next("Find out why the router is not ready.", words::kubectl("describe pod", &pod.object())));
}
