//! `api-server/headless`

use kubereach_reports::report::SegmentName;

use super::bundle_unreadable::described;
use crate::checks::ingress::words;
use crate::evaluate::door::api_server::CallContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::Service;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "api-server/headless",
    segment: SegmentName::Rule,
    title: "Whether the API server can dial a headless Service is not shown",
    explanation: "By default the API server dials the cluster address of a webhook's or an API's Service, and refuses \
                  a Service that has none ('cannot route to service with ClusterIP \"None\"'). Started with \
                  --enable-aggregator-routing it dials the endpoints, and such a Service works. Which it does was not \
                  read.",
    example: "clusterIP: None   # on the Service of a webhook",
    sources: &[
        "kubernetes/apiserver: pkg/util/proxy/proxy.go (ResolveCluster, ResolveEndpoint)",
        "kube-apiserver --enable-aggregator-routing",
    ],
});

/// For one call.
pub fn check(cx: &CallContext<'_, '_>, segment: &mut Segment) {
    let reference = cx.call.service;
    let found = cx.cluster.snapshot.lookup::<Service>(&reference.namespace, &reference.name).found();
    let Some(service) = found.filter(|service| service.is_headless()) else { return };
    let gap = Gap::investigate("whether the API server dials endpoints was not read", "--enable-aggregator-routing");
    let message = format!("{} has no cluster address, and {} is called by it", service.object(), described(cx));
    let finding = DOC
        .finding(&gap, cx.caller.object(), message)
        .cause("By default the API server refuses a Service without a cluster address.")
        .relates(service.object(), "is headless");
    let command = words::kubectl("get service -o yaml", &service.object());
    segment.add(finding.next("Give the Service a cluster address.", command));
}
