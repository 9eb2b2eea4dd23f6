//! The `ServiceLB` of k3s: pods that take the ports of a load balancer on every node, one DaemonSet for each Service.
//!
//! Source: k3s documentation, "Service Load Balancer"; k3s-io/k3s `pkg/cloudprovider/servicelb.go` (labels
//! `svccontroller.k3s.cattle.io/svcname` and `svcnamespace`, in `kube-system`).

use super::ClusterIndex;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Pod, Service};

const NAME: &str = "svccontroller.k3s.cattle.io/svcname";
const NAMESPACE: &str = "svccontroller.k3s.cattle.io/svcnamespace";

/// The pods that carry the load balancer of this Service, in order of name; none where another implementation does.
pub fn pods<'s>(cluster: &ClusterIndex<'s>, service: &Service) -> Vec<Found<'s, Pod>> {
    if service.spec.kind != "LoadBalancer" {
        return Vec::new();
    }
    let meta = &service.metadata;
    let own = |pod: &Found<'s, Pod>| {
        let labels = &pod.get().value.metadata;
        labels.label(NAME) == Some(meta.name.as_str())
            && labels.label(NAMESPACE).is_none_or(|namespace| namespace == meta.namespace)
            && !pod.is_finished()
            && !pod.is_terminating()
    };
    cluster.snapshot.pods.in_namespace("kube-system").filter(own).collect()
}
