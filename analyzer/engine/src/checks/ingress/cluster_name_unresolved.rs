//! `ingress/cluster-name-unresolved`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::plumbing::dns::asks_its_node;
use crate::resolve::proxy_pods::TrafficSource;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "ingress/cluster-name-unresolved",
    segment: SegmentName::Reference,
    title: "The controller dials a name of the cluster, and asks other name servers",
    explanation: "The Service behind the path is an alias (ExternalName) for a name of this cluster, which the \
                  controller has to look up. Its pods have dnsPolicy Default, or run on the network of their \
                  node with the policy ClusterFirst, which then means Default: they ask the name servers of the node, \
                  which seldom know names of the cluster. What those servers answer was not read. A path to a Service \
                  with endpoints is dialled by address and not concerned.",
    example: "hostNetwork: true   # without dnsPolicy: ClusterFirstWithHostNet, before externalName: web.shop.svc.cluster.local",
    sources: &["core/v1 PodSpec.dnsPolicy", "Kubernetes documentation: DNS for Services and Pods, Pod's DNS Policy"],
});

/// For a path to an alias for a name of the cluster.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let Some(service) = cx.service().filter(|service| service.is_external_name()) else { return };
    let name = service.spec.external_name.as_deref().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    if !name.ends_with(".svc") && !name.ends_with(".svc.cluster.local") {
        return;
    }
    let Some(TrafficSource::Pods(pods)) = cx.state.proxy.as_ref().map(|proxy| &proxy.source) else { return };
    let Some(pod) = pods.first().filter(|_| pods.iter().all(|pod| asks_its_node(&pod.get().value.spec))) else {
        return;
    };
    let gap = Gap::investigate(
        "what the name servers of its node answer was not read",
        "its pods do not ask the cluster's DNS (dnsPolicy)",
    );
    let message = format!("the controller has to look up {}, and does not ask the cluster's DNS", words::brief(&name));
    let (origin, field) = cx.backend_field(field!["service", "name"]);
    let finding = DOC
        .finding(&gap, cx.object(), message)
        .cause(format!("pod {} asks the name servers of its node", pod.metadata.name))
        .relates(service.object(), "is an alias")
        .relates(pod.object(), "asks other name servers")
        .at(origin, field);
    let action = "Lead the path to the Service itself, or let the controller's pods ask the cluster's DNS.";
    segment.add(finding.next(action, words::kubectl("get pod -o yaml", &pod.object())));
}
