//! How each network plugin enforces policies where the API leaves it open: the one table of them.
//!
//! Sources: the NetworkPolicy concept page ("Behavior of to and from selectors", "NetworkPolicy and hostNetwork pods",
//! "Targeting a range of ports") for what is open; Cilium, policy language, CIDR based; Weave Net's issue on `endPort`
//! (KEP-2079, which lists the plugins that have it); aws/amazon-network-policy-controller-k8s
//! `pkg/resolvers/endpoints.go` and aws/aws-network-policy-agent README (its programs hang at the pod's own interface);
//! flannel-io/flannel README.

use super::options::{AgainstPods, EndPorts};

/// One plugin.
#[derive(Debug, PartialEq, Eq)]
pub struct Habits {
    /// Its name.
    pub name: &'static str,
    /// Does it enforce policies at all?
    pub enforces: bool,
    /// Address rules against the addresses of pods.
    pub(super) against_pods: AgainstPods,
    /// Ranges of ports.
    pub(super) end_ports: EndPorts,
    /// Has everybody an identity, nodes too, so that address rules are for the outside?
    pub(super) by_identity: bool,
    /// Are the egress rules asked before the cluster address of a Service is translated?
    pub(super) before_translation: bool,
}

const fn usual(name: &'static str) -> Habits {
    Habits {
        name,
        enforces: true,
        against_pods: AgainstPods::Matches,
        end_ports: EndPorts::Honoured,
        by_identity: false,
        before_translation: false,
    }
}

/// Every plugin whose habits are known.
pub static HABITS: &[Habits] = &[
    usual("Calico"),
    usual("Canal"),
    Habits { against_pods: AgainstPods::Undecidable("Cilium"), by_identity: true, ..usual("Cilium") },
    Habits { against_pods: AgainstPods::Undecidable("Cilium"), by_identity: true, ..usual("GKE Dataplane V2") },
    usual("Antrea"),
    usual("OVN-Kubernetes"),
    usual("OpenShift SDN"),
    usual("Kube-OVN"),
    usual("kube-router"),
    usual("Azure Network Policy Manager"),
    usual("kube-network-policies"),
    Habits { before_translation: true, ..usual("Amazon VPC CNI") },
    Habits { end_ports: EndPorts::Undecidable("Weave Net"), ..usual("Weave Net") },
    Habits { enforces: false, ..usual("Flannel") },
];

/// Those of a plugin.
pub(super) fn of(name: &str) -> Option<&'static Habits> {
    HABITS.iter().find(|habits| habits.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::HABITS;

    #[test]
    fn every_plugin_has_its_habits_once() {
        let names: BTreeSet<&str> = HABITS.iter().map(|habits| habits.name).collect();
        assert_eq!(names.len(), HABITS.len());
        for name in super::super::cni::known() {
            // Whether it enforces anything is found out by what runs beside it.
            assert!(names.contains(name) || name == "kindnet", "{name}");
        }
    }
}
