//! The components that keep a cluster's network, as data: one row for each.

use kubereach_model::snapshot::model::Meta;

/// What a component does for traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Does {
    /// Writes the rules by which a node takes the addresses of Services.
    Services,
    /// Gives pods their network, and connects nodes.
    Network,
    /// Answers names for the pods of its node.
    NodeNames,
    /// Carries the API server's connections into the cluster.
    Tunnel,
    /// Tells the cloud of nodes and load balancers.
    Cloud,
}

/// One component.
#[derive(Debug)]
pub struct Component {
    /// As people call it.
    pub name: &'static str,
    /// A label that its pods carry.
    pub label: (&'static str, &'static str),
    /// What it does.
    pub does: Does,
    /// Where the label stands.
    pub source: &'static str,
}

const fn row(name: &'static str, label: (&'static str, &'static str), does: Does, source: &'static str) -> Component {
    Component { name, label, does, source }
}

/// Every component that is known.
pub const COMPONENTS: &[Component] = &[
    row(
        "kube-proxy",
        ("k8s-app", "kube-proxy"),
        Does::Services,
        "kubernetes/kubernetes: cmd/kubeadm/app/phases/addons/proxy/manifests.go",
    ),
    row(
        "kube-proxy",
        ("component", "kube-proxy"),
        Does::Services,
        "kubernetes/kubernetes: cluster/gce/manifests/kube-proxy.manifest",
    ),
    row(
        "Cilium",
        ("k8s-app", "cilium"),
        Does::Network,
        "cilium/cilium: install/kubernetes/cilium/templates/cilium-agent/daemonset.yaml",
    ),
    row("Calico", ("k8s-app", "calico-node"), Does::Network, "projectcalico/calico: manifests/calico.yaml"),
    row("Canal", ("k8s-app", "canal"), Does::Network, "projectcalico/calico: manifests/canal.yaml"),
    row("Flannel", ("app", "flannel"), Does::Network, "flannel-io/flannel: Documentation/kube-flannel.yml"),
    row("Antrea", ("component", "antrea-agent"), Does::Network, "antrea-io/antrea: build/yamls/antrea.yml"),
    row(
        "Weave Net",
        ("name", "weave-net"),
        Does::Network,
        "weaveworks/weave: prog/weave-kube/weave-daemonset-k8s-1.11.yaml",
    ),
    row(
        "kube-router",
        ("k8s-app", "kube-router"),
        Does::Network,
        "cloudnativelabs/kube-router: daemonset/generic-kuberouter.yaml",
    ),
    row(
        "the Amazon VPC network plugin",
        ("k8s-app", "aws-node"),
        Does::Network,
        "aws/amazon-vpc-cni-k8s: config/master/aws-k8s-cni.yaml",
    ),
    row("Azure CNS", ("k8s-app", "azure-cns"), Does::Network, "Azure/azure-container-networking: cns/azure-cns.yaml"),
    row(
        "OVN-Kubernetes",
        ("app", "ovnkube-node"),
        Does::Network,
        "openshift/cluster-network-operator: bindata/network/ovn-kubernetes/common",
    ),
    row(
        "the OpenShift SDN",
        ("app", "sdn"),
        Does::Network,
        "openshift/cluster-network-operator: bindata/network/openshift-sdn/sdn.yaml",
    ),
    row(
        "NodeLocal DNSCache",
        ("k8s-app", "node-local-dns"),
        Does::NodeNames,
        "kubernetes/kubernetes: cluster/addons/dns/nodelocaldns/nodelocaldns.yaml",
    ),
    row(
        "konnectivity-agent",
        ("k8s-app", "konnectivity-agent"),
        Does::Tunnel,
        "kubernetes-sigs/apiserver-network-proxy: examples/kubernetes/konnectivity-agent.yaml",
    ),
    row(
        "the cloud controller manager",
        ("k8s-app", "cloud-controller-manager"),
        Does::Cloud,
        "kubernetes/cloud-provider-openstack: manifests/controller-manager",
    ),
    row(
        "the cloud controller manager",
        ("component", "cloud-controller-manager"),
        Does::Cloud,
        "kubernetes/cloud-provider-aws: examples/existing-cluster/base",
    ),
];

/// Which component pods with these labels belong to: its place in [`COMPONENTS`].
pub(super) fn of(meta: &Meta) -> Option<usize> {
    const KEYS: [&str; 4] = ["k8s-app", "app", "component", "name"];
    let labels = KEYS.map(|key| (key, meta.label(key)));
    if labels.iter().all(|(_, value)| value.is_none()) {
        return None;
    }
    COMPONENTS.iter().position(|component| labels.contains(&(component.label.0, Some(component.label.1))))
}

#[cfg(test)]
mod tests {
    use super::COMPONENTS;

    #[test]
    fn every_row_is_found_by_the_keys_that_are_looked_at_and_has_a_source() {
        for component in COMPONENTS {
            assert!(["k8s-app", "app", "component", "name"].contains(&component.label.0), "{}", component.name);
            assert!(component.source.contains(": "), "{}", component.name);
        }
    }
}
