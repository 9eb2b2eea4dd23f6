//! `dns/other-address`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::plumbing::dns;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "dns/other-address",
    segment: SegmentName::Service,
    title: "The kubelets hand out another address than that of cluster DNS",
    explanation: "The tool kubeadm keeps the settings that kubelets join with in the ConfigMap kubelet-config, and its \
                  clusterDNS is no address of the cluster's DNS Service, of no other Service that was read, and no \
                  link-local address of a cache on the node. A kubelet writes that address into the resolv.conf of \
                  pods, which then ask where nobody answers, as happens when the Service was made again with another \
                  address. The settings of each node are in a file there, which no dump holds, so that it cannot be \
                  told for sure.",
    example: "clusterDNS: [10.96.0.10]   # Service kube-dns: clusterIP 10.43.0.10",
    sources: &["KubeletConfiguration.clusterDNS (kubelet.config.k8s.io/v1beta1)", "kubeadm: ConfigMap kubelet-config"],
});

/// For cluster DNS.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let service = cx.view.service;
    if !dns::is_cluster_dns(&service) || service.is_manifest() {
        return None;
    }
    let kubelets = dns::kubelets(cx.cluster);
    let map = kubelets.map?;
    let own: Vec<&str> = dns::addresses(&service.get().value).collect();
    let links =
        |address: &str| address.starts_with("169.254.") || address.starts_with("fe80:") || address.contains('*');
    if own.is_empty() || kubelets.addresses.is_empty() || kubelets.addresses.iter().any(|address| links(address)) {
        return None;
    }
    let of_any = |address: &String| {
        cx.cluster.snapshot.services.iter().any(|any| dns::addresses(&any.get().value).any(|own| own == address))
    };
    if kubelets.addresses.iter().any(of_any) {
        return None;
    }
    let told = command::cut(&kubelets.addresses.join(", "));
    let gap = Gap::investigate("what each kubelet is told was not read", format!("kubelet-config says {told}"));
    Some(
        DOC.finding(
            &gap,
            map.object(),
            format!("kubelets are told that cluster DNS is at {told}, and it is at {}", command::cut(&own.join(", "))),
        )
        .cause("Pods ask the address that their kubelet writes into resolv.conf.")
        .next("Compare it with resolv.conf in a pod.", command::get(&map.object(), "-o yaml"))
        .relates(cx.object(), "cluster DNS")
        .at(map.origin, field!["data", "kubelet"]),
    )
}
