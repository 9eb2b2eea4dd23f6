//! `dns/asked-by-name`

use kubereach_reports::report::{ObjectRef, SegmentName};

use super::{Silent, look};
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "dns/asked-by-name",
    segment: SegmentName::Service,
    title: "A door dials a name, and cluster DNS answers nobody",
    explanation: "The path ends at a Service of type ExternalName: the proxy asks for a name and dials what it is told. \
                  Every path to the cluster's DNS Service is blocked. Which name servers the proxy asks is in its \
                  pods' resolv.conf, and it may still hold an address from before: whether the request arrives cannot \
                  be told. Paths to Services with endpoints are not concerned.",
    example: "An Ingress to a Service of type ExternalName, while kube-dns has no ready endpoint",
    sources: &["core/v1 PodSpec.dnsPolicy", "core/v1 ServiceSpec.externalName"],
});

/// For a door that leads to an alias.
pub(super) fn finding(silent: &Silent<'_>, door: &ObjectRef) -> Finding {
    let service = silent.object();
    let name = format!("{}/{}", service.namespace.as_deref().unwrap_or_default(), service.name);
    let gap = Gap::investigate("which name servers the proxy asks was not read", format!("{name} answers nobody"));
    DOC.finding(&gap, service.clone(), format!("it is dialled by name, and {name} answers nobody"))
        .cause(format!("Cluster DNS is down: {}.", silent.because))
        .relates(door.clone(), "dials a name")
        .next("Bring cluster DNS back first.", look(&service))
}
