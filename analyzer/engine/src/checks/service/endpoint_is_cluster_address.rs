//! `service/endpoint-is-cluster-address`

use kubereach_reports::report::SegmentName;

use super::some_endpoints_unusable::unusable;
use crate::evaluate::service::Consumer;
use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::snapshot::model::Service;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/endpoint-is-cluster-address",
    segment: SegmentName::Service,
    title: "Its endpoints are cluster addresses of other Services, or of no other host",
    explanation: "Every ready address that was written by hand behind the Service is the cluster address of another \
                  Service, a loopback address or a link-local one. kube-proxy does not lead from one virtual address \
                  to another: packets leave for an address that no host has. Loopback and link-local addresses mean \
                  another host on every node, and the API server refuses them. Those who dial endpoints themselves, \
                  as Ingress controllers do, reach a cluster address all the same, so that only dials to the address \
                  of this Service are concerned. In a mesh of Istio, whose proxies do likewise, it is only lessened \
                  (service/some-endpoints-unusable).",
    example: "endpoints: [{addresses: [10.96.0.50]}]   # the clusterIP of another Service",
    sources: &[
        "Kubernetes documentation: Service, Services without selectors (kube-proxy does not support virtual IPs as a destination)",
        "discovery.k8s.io/v1 Endpoint.addresses",
        "kubernetes/kubernetes: pkg/apis/core/validation/validation.go (ValidateNonSpecialIP)",
    ],
});

/// For whoever dials the address of the Service.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.consumer != Consumer::ClusterIp || cx.view.service.is_headless() || in_mesh(cx) {
        return None;
    }
    let unusable = unusable(cx);
    let (endpoint, why) = unusable.first().filter(|_| unusable.len() == cx.behind.counts.ready)?;
    Some(
        DOC.finding(
            &cx.shows(endpoint, format!("lists {} as ready, {why}", endpoint.name())),
            cx.object(),
            format!("nobody answers at its endpoints: {} is {why}", endpoint.name()),
        )
        .cause("packets for the Service leave for an address that no host has, or that every host has for itself")
        .next(
            "Write the addresses of the pods or hosts there, or use the other Service itself.",
            command::get(&cx.object(), "-o yaml"),
        ),
    )
}

/// Does Istio stand in the cluster, whose proxies dial endpoints themselves?
pub(super) fn in_mesh(cx: &Context<'_, '_>) -> bool {
    cx.cluster.snapshot.lookup::<Service>("istio-system", "istiod").found().is_some()
}
