//! Cluster DNS: the Service whose address the kubelets hand to pods, and what its servers are told.

use std::collections::BTreeSet;

use super::corefile::Corefile;
use crate::resolve::ClusterIndex;
use crate::resolve::service::ServiceView;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{ConfigMap, PodSpec, Service};

/// Where distributions put it (kubeadm, k3s, RKE2, the clouds: label `k8s-app: kube-dns`; OpenShift's DNS operator:
/// `openshift-dns/dns-default`).
const LABEL: (&str, &str) = ("k8s-app", "kube-dns");
const NAMES: [(&str, &str); 3] =
    [("kube-system", "kube-dns"), ("kube-system", "coredns"), ("openshift-dns", "dns-default")];

/// Is this Service the cluster's DNS? One that pods ask by its address, so not a headless one.
pub fn is_cluster_dns(service: &Service) -> bool {
    let meta = &service.metadata;
    let labelled = meta.namespace == "kube-system" && meta.label(LABEL.0) == Some(LABEL.1);
    let named = NAMES.contains(&(meta.namespace.as_str(), meta.name.as_str()));
    // The upstream of NodeLocal DNSCache has the label, too, and is asked by the cache alone.
    (labelled || named)
        && meta.name != "kube-dns-upstream"
        && !service.is_headless()
        && service.spec.ports.iter().any(|port| port.port.known() == Some(&53))
}

/// The cluster's DNS, where one was read.
pub fn cluster_dns<'c, 's>(cluster: &'c ClusterIndex<'s>) -> Option<&'c ServiceView<'s>> {
    let namespaces: BTreeSet<&str> = NAMES.iter().map(|(namespace, _)| *namespace).collect();
    let mut services = namespaces.into_iter().flat_map(|namespace| cluster.snapshot.services.in_namespace(namespace));
    let found = services.find(|service| is_cluster_dns(service))?;
    cluster.service_view(&found.get().value.metadata.namespace, &found.get().value.metadata.name)
}

/// What the servers behind it are told: the one ConfigMap beside it that holds a Corefile which can be read.
pub fn settings<'s>(cluster: &ClusterIndex<'s>, namespace: &str) -> Option<(Found<'s, ConfigMap>, Corefile)> {
    let maps = cluster.snapshot.config_maps.in_namespace(namespace);
    let mut own = maps.filter(|map| map.metadata.name != "node-local-dns").filter_map(|map| {
        let text = map.get().value.values.get("Corefile")?;
        Some((map, Corefile::read(text)))
    });
    match (own.next(), own.next()) {
        (Some((map, Some(file))), None) => Some((map, file)),
        _ => None,
    }
}

/// The domain of the cluster's names, and the addresses that kubelets hand to pods, as kubeadm keeps them (the
/// ConfigMap `kubelet-config`; `KubeletConfiguration`, `clusterDomain` and `clusterDNS`).
#[derive(Debug, Clone)]
pub struct Kubelets<'s> {
    /// The ConfigMap, where it was read.
    pub map: Option<Found<'s, ConfigMap>>,
    /// `cluster.local` unless it says otherwise.
    pub domain: String,
    /// Empty where it was not read.
    pub addresses: Vec<String>,
}

/// What the kubelets are told.
pub fn kubelets<'s>(cluster: &ClusterIndex<'s>) -> Kubelets<'s> {
    let mut found = Kubelets { map: None, domain: "cluster.local".to_owned(), addresses: Vec::new() };
    let Some(map) = cluster.snapshot.config_maps.named("kube-system", "kubelet-config").next() else { return found };
    let Some(text) = map.get().value.values.get("kubelet") else { return found };
    found.map = Some(map);
    let mut in_list = false;
    for line in text.lines() {
        let line = line.trim_end();
        if let Some(domain) = line.strip_prefix("clusterDomain:") {
            domain.trim().trim_matches('"').clone_into(&mut found.domain);
        }
        in_list = line == "clusterDNS:" || (in_list && line.trim_start().starts_with("- "));
        if let Some(address) = line.trim_start().strip_prefix("- ").filter(|_| in_list) {
            found.addresses.push(address.trim_matches(['"', '\'']).to_owned());
        }
    }
    found
}

/// Every address of a Service.
pub fn addresses(service: &Service) -> impl Iterator<Item = &str> {
    let all = std::iter::once(&service.spec.cluster_ip).chain(service.spec.cluster_ips.iter());
    all.filter_map(|ip| ip.known().map(String::as_str)).filter(|ip| !ip.is_empty() && *ip != "None")
}

/// Do pods like this ask name servers other than the cluster's? Those of the node's network do with `ClusterFirst`, too
/// (core/v1 `PodSpec.dnsPolicy`).
pub fn asks_its_node(spec: &PodSpec) -> bool {
    match spec.dns_policy.as_deref() {
        Some("Default") => true,
        // With `None` it brings its own, which may be the cluster's.
        Some("None" | "ClusterFirstWithHostNet") => false,
        _ => spec.is_host_network(),
    }
}
