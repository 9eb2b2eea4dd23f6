//! `dns/alias-unanswered`

use kubereach_reports::report::{ObjectRef, SegmentName};

use super::{Silent, look};
use crate::evaluate::Cluster;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::snapshot::model::{Pod, Resource as _};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "dns/alias-unanswered",
    segment: SegmentName::Service,
    title: "The Service is a name in cluster DNS, which answers nobody",
    explanation: "A Service of type ExternalName has no address: it is a CNAME record that cluster DNS gives out. \
                  Every path to the cluster's DNS Service is blocked, so that nobody learns what the alias stands for. \
                  Where Istio's agents may answer names themselves it is left open (dns/asked-by-name).",
    example: "type: ExternalName, while kube-system/kube-dns has no ready endpoint",
    sources: &[
        "core/v1 ServiceSpec.externalName",
        "Kubernetes DNS-Based Service Discovery, section 2.5 (External Name Services)",
        "Istio documentation: DNS Proxying",
    ],
});

/// For a Service that is an alias.
pub(super) fn finding(cluster: &Cluster<'_>, silent: &Silent<'_>, alias: &ObjectRef) -> Finding {
    // An agent may answer in the place of cluster DNS.
    let namespace = "istio-system";
    let mut pods = cluster.snapshot.pods.in_namespace(namespace);
    let istiod = pods.any(|pod| pod.metadata.label("app") == Some("istiod"));
    if istiod || cluster.snapshot.is_complete(Pod::KIND, Some(namespace)).is_err() {
        return super::door_by_name::finding(silent, alias);
    }
    let service = silent.object();
    let name = format!("{}/{}", service.namespace.as_deref().unwrap_or_default(), service.name);
    let message = format!("it is only a name in cluster DNS, and {name} answers nobody");
    DOC.finding(&silent.proof(), service.clone(), message)
        .cause(format!("Cluster DNS is down: {}.", silent.because))
        .relates(alias.clone(), "is an alias")
        .next("Bring cluster DNS back first.", look(&service))
}
