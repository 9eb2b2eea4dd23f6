//! `dns/names-fail`

use kubereach_reports::report::SegmentName;

use super::{Silent, look};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "dns/names-fail",
    segment: SegmentName::Service,
    title: "Cluster DNS answers nobody, so that clients who ask by name get no address",
    explanation: "Every path to the cluster's DNS Service is blocked. Pods that ask for the name of this Service get \
                  no address and fail before they dial anything. Whoever has the address goes through: the verdict of \
                  the Service, which is about its address, stays what it is. Doors that read endpoints, as most \
                  Ingress controllers and Gateways do, ask no name.",
    example: "kube-system/kube-dns has no ready endpoint",
    sources: &[
        "Kubernetes documentation: DNS for Services and Pods",
        "Kubernetes documentation: Debugging DNS Resolution",
    ],
});

/// For every Service.
pub(super) fn finding(silent: &Silent<'_>) -> Finding {
    let service = silent.object();
    let name = format!("{}/{}", service.namespace.as_deref().unwrap_or_default(), service.name);
    let message = format!("clients in the cluster that ask for it by name get no address: {name} answers nobody");
    DOC.finding(service.clone(), message)
        .cause(format!("Cluster DNS is down: {}.", silent.because))
        .next("Bring cluster DNS back first.", look(&service))
}
