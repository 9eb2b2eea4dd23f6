//! Which network plugins the cluster runs, and whether they enforce policies.
//!
//! A stored policy does nothing where nobody enforces it. Evidence is what runs: `DaemonSet`s with ready
//! pods, and the plugin's own `ConfigMap`. What nodes carry as annotations may be a leftover, so it names a
//! plugin and proves nothing.

use kubereach_model::snapshot::model::{ConfigMap, Node, Workload, WorkloadKind};
use kubereach_model::snapshot::{Found, Gap, Proof, Snapshot};

use super::cilium;
use super::habits::{self, Habits};
use super::options::{AgainstPods, EndPorts, Nodes, PolicyOptions};

/// Are policies enforced?
#[derive(Debug, Clone)]
pub enum Enforcement {
    /// A plugin that enforces them runs.
    Enforced {
        /// Its name.
        by: &'static str,
        /// What shows it.
        proof: Proof,
    },
    /// What runs does not enforce them.
    NotEnforced {
        /// Its name.
        by: &'static str,
        /// What shows it.
        proof: Proof,
    },
    /// Cannot be told.
    Unknown(Gap),
}

/// The plugins that were recognized.
#[derive(Debug, Clone)]
pub struct Plugins {
    /// Names, without repetition, in order.
    pub names: Vec<&'static str>,
    /// Are policies enforced?
    pub enforcement: Enforcement,
    /// What is assumed of nodes.
    nodes: Nodes,
    /// What is asked as if this plugin ran, whatever runs.
    supposed: Option<&'static Habits>,
}

/// Names of `DaemonSet`s, the plugin they are, and whether it enforces policies by itself.
const KNOWN: [(&str, &str, Enforces); 20] = [
    ("calico-node", "Calico", Enforces::Yes),
    ("canal", "Canal", Enforces::Yes),
    ("rke2-canal", "Canal", Enforces::Yes),
    ("cilium", "Cilium", Enforces::Yes),
    ("rke2-cilium", "Cilium", Enforces::Yes),
    ("anetd", "GKE Dataplane V2", Enforces::Yes),
    ("antrea-agent", "Antrea", Enforces::Yes),
    ("ovnkube-node", "OVN-Kubernetes", Enforces::Yes),
    ("sdn", "OpenShift SDN", Enforces::Yes),
    ("kube-ovn-cni", "Kube-OVN", Enforces::Yes),
    ("kube-router", "kube-router", Enforces::Yes),
    ("weave-net", "Weave Net", Enforces::Yes),
    ("azure-npm", "Azure Network Policy Manager", Enforces::Yes),
    ("kube-network-policies", "kube-network-policies", Enforces::Yes),
    ("aws-node", "Amazon VPC CNI", Enforces::Depends),
    ("kindnet", "kindnet", Enforces::Depends),
    ("kube-flannel-ds", "Flannel", Enforces::No),
    ("kube-flannel", "Flannel", Enforces::No),
    ("kube-flannel-ds-amd64", "Flannel", Enforces::No),
    ("install-cni", "Flannel", Enforces::Depends),
];

/// Every plugin that is recognized.
#[cfg(test)]
pub(super) fn known() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|(_, plugin, _)| *plugin)
}

/// Namespaces in which such `DaemonSet`s live; one of the same name elsewhere is somebody's app.
pub(super) const SYSTEM: [&str; 11] = [
    "kube-system",
    "calico-system",
    "cilium",
    "cilium-system",
    "kube-flannel",
    "kube-router",
    "kube-network-policies",
    "openshift-ovn-kubernetes",
    "openshift-sdn",
    "ovn-kubernetes",
    "weave",
];

/// Names of Cilium, and of what is built of it.
pub(super) const IS_CILIUM: [&str; 2] = ["Cilium", "GKE Dataplane V2"];

/// Annotations by which nodes tell of their plugin.
const ANNOTATIONS: [(&str, &str); 6] = [
    ("projectcalico.org/", "Calico"),
    ("network.cilium.io/", "Cilium"),
    ("io.cilium.network.", "Cilium"),
    ("k8s.ovn.org/", "OVN-Kubernetes"),
    ("node.antrea.io/", "Antrea"),
    ("flannel.alpha.coreos.com/", "Flannel"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Enforces {
    Yes,
    No,
    Depends,
}

impl Plugins {
    /// Looks at `DaemonSet`s, `ConfigMaps` and nodes.
    pub fn detect(snapshot: &Snapshot) -> Self {
        let mut names = Vec::new();
        let mut enforced: Option<(&'static str, Proof)> = None;
        let mut unenforced: Option<(&'static str, Proof)> = None;
        let mut depends: Option<&'static str> = None;
        for set in snapshot.workloads.iter().filter(|w| w.kind == WorkloadKind::DaemonSet && !w.is_manifest()) {
            let meta = &set.get().metadata;
            if !SYSTEM.contains(&meta.namespace.as_str()) {
                continue;
            }
            let Some((_, plugin, manner)) = KNOWN.iter().copied().find(|(name, ..)| *name == meta.name) else {
                continue;
            };
            let ready = set.get().status.as_ref().and_then(|s| s.number_ready.known().copied());
            if ready == Some(0) {
                continue;
            }
            names.push(plugin);
            let runs = match ready {
                Some(ready) => format!("{plugin} runs ({ready} pods ready)"),
                None => format!("{plugin} is installed"),
            };
            match settled(snapshot, set, plugin, manner) {
                Settled::Yes(why) => {
                    enforced
                        .get_or_insert((plugin, set.shows(format!("{runs}, which enforces network policies{why}"))));
                }
                Settled::No(proof) => {
                    unenforced.get_or_insert((
                        plugin,
                        proof.unwrap_or_else(|| set.shows(format!("{runs}, which does not enforce network policies"))),
                    ));
                }
                Settled::Unknown => depends = depends.or(Some(plugin)),
            }
        }
        let embedded = embedded(snapshot);
        for node in snapshot.nodes.iter() {
            for (prefix, plugin) in ANNOTATIONS {
                if node.get().metadata.annotations.keys().any(|key| key.starts_with(prefix)) {
                    names.push(plugin);
                }
            }
        }
        names.sort_unstable();
        names.dedup();
        let enforcement = Self::conclude(snapshot, enforced, unenforced, depends, embedded, &names);
        let nodes = nodes(snapshot, &enforcement);
        Self { names, enforcement, nodes, supposed: None }
    }

    /// As if this plugin ran, with the settings that it has where nobody changes them.
    pub(super) fn supposing(snapshot: &Snapshot, habits: &'static Habits) -> Self {
        let own = Self::detect(snapshot);
        let nodes = match own.nodes {
            _ if !habits.by_identity => Nodes::Undecidable,
            Nodes::Undecidable => Nodes::Identity { by_address: Some(false), own_is_let_in: true },
            read @ Nodes::Identity { .. } => read,
        };
        let gap = Gap::by_design(format!("whether {} runs here", habits.name), "it was asked as if it did");
        Self { names: vec![habits.name], enforcement: Enforcement::Unknown(gap), nodes, supposed: Some(habits) }
    }

    /// Is what is asked supposed, and not what was seen?
    pub(super) const fn is_supposed(&self) -> bool {
        self.supposed.is_some()
    }

    /// Does everybody have an identity, whatever the address?
    pub(super) fn has_identities(&self) -> bool {
        self.nodes != Nodes::Undecidable
    }

    /// Does what runs surely enforce none of the policies of the network?
    pub(super) fn is_off(&self) -> bool {
        matches!(self.enforcement, Enforcement::NotEnforced { .. }) || self.supposed.is_some_and(|h| !h.enforces)
    }

    /// Are egress rules asked before the cluster address of a Service is translated?
    pub(super) fn looks_before_translation(&self) -> bool {
        self.enforcer().and_then(habits::of).is_some_and(|habits| habits.before_translation)
    }

    fn conclude(
        snapshot: &Snapshot,
        enforced: Option<(&'static str, Proof)>,
        not: Option<(&'static str, Proof)>,
        depends: Option<&'static str>,
        embedded: Option<Embedded>,
        names: &[&'static str],
    ) -> Enforcement {
        if let Some((by, proof)) = enforced {
            return Enforcement::Enforced { by, proof };
        }
        if let Some(plugin) = depends {
            return Enforcement::Unknown(Gap::investigate(
                format!("whether {plugin} enforces network policies here"),
                "only some versions and settings of it do",
            ));
        }
        match embedded {
            Some(Embedded::SwitchedOff(proof)) => return Enforcement::NotEnforced { by: "k3s", proof },
            Some(Embedded::Possible) => {
                return Enforcement::Unknown(Gap::investigate(
                    "whether network policies are enforced here",
                    "k3s and RKE2 enforce them inside their own process unless that was switched off",
                ));
            }
            None => {}
        }
        // Another plugin may stand beside one that does not enforce: only a complete list shows that none does.
        let complete = snapshot.is_complete(&WorkloadKind::DaemonSet.group_kind(), None);
        match (not, complete) {
            (Some((by, proof)), Ok(())) => Enforcement::NotEnforced { by, proof },
            (Some((by, _)), Err(gap)) => Enforcement::Unknown(Gap::investigate(
                format!("whether something enforces network policies beside {by}"),
                gap.sentence(),
            )),
            (None, _) if names.is_empty() => Enforcement::Unknown(Gap::investigate(
                "whether network policies are enforced here",
                "no known network plugin was recognized",
            )),
            (None, _) => Enforcement::Unknown(Gap::investigate(
                "whether network policies are enforced here",
                format!("nodes carry annotations of {}, whose pods were not read", names.join(" and ")),
            )),
        }
    }

    /// The plugin that was seen enforcing.
    const fn enforcer(&self) -> Option<&'static str> {
        match (self.supposed, &self.enforcement) {
            (Some(habits), _) => Some(habits.name),
            (None, Enforcement::Enforced { by, .. }) => Some(by),
            _ => None,
        }
    }

    /// What to assume with these plugins.
    pub fn options(&self) -> PolicyOptions {
        let has = |name: &str| self.names.contains(&name);
        // Where several were seen, what one of them does its own way is in doubt.
        let habits = || self.names.iter().filter_map(|name| habits::of(name));
        let against_pods = habits().map(|habits| habits.against_pods).find(|of| *of != AgainstPods::Matches);
        let end_ports = habits().map(|habits| habits.end_ports).find(|of| *of != EndPorts::Honoured);
        PolicyOptions {
            // Cilium selects pods by identity; address rules do not match them (its documentation, limitations).
            address_rules_on_pods: if self.nodes == Nodes::Undecidable {
                against_pods.unwrap_or_default()
            } else {
                AgainstPods::Never
            },
            end_ports: end_ports.unwrap_or_default(),
            not_calico: self.enforcer().filter(|_| !has("Calico") && !has("Canal")),
            not_antrea: self.enforcer().filter(|_| !has("Antrea")),
            nodes: self.nodes,
            from_own_proxy: false,
        }
    }
}

/// Under Cilium nodes have an identity. On nodes its annotations may be a leftover: it has to run.
fn nodes(snapshot: &Snapshot, enforcement: &Enforcement) -> Nodes {
    match enforcement {
        Enforcement::Enforced { by: "Cilium", .. } => cilium::nodes(snapshot),
        _ => Nodes::Undecidable,
    }
}

enum Settled {
    Yes(&'static str),
    No(Option<Proof>),
    Unknown,
}

fn settled(snapshot: &Snapshot, set: Found<'_, Workload>, plugin: &str, enforces: Enforces) -> Settled {
    let containers = || set.get().value.template().into_iter().flat_map(|t| &t.spec.containers);
    let flag = |name: &str| {
        containers().flat_map(|c| &c.args).filter_map(|a| a.known()).find_map(|arg| {
            let rest = arg.trim_start_matches('-').strip_prefix(name)?;
            Some(rest.strip_prefix('=').unwrap_or("true").to_owned())
        })
    };
    match (plugin, enforces) {
        ("Cilium", _) => {
            let config = config(snapshot, &set.get().metadata.namespace, "cilium-config");
            let off = config.and_then(|c| {
                let value = |key: &str| c.get().values.get(key).map(String::as_str);
                let never = value("enable-policy").is_some_and(|mode| mode.eq_ignore_ascii_case("never"));
                // With policies of its own it still enforces those.
                let core = cilium::is_core_off(Some(c)) && !cilium::has_policies(snapshot);
                // In this mode a verdict is logged and nothing is dropped.
                let audits = value("policy-audit-mode") == Some("true");
                (never || core || audits).then(|| c.shows("Cilium is set not to enforce network policies"))
            });
            off.map_or(Settled::Yes(""), |proof| Settled::No(Some(proof)))
        }
        ("kube-router", _) if flag("run-firewall").as_deref() == Some("false") => {
            Settled::No(Some(set.shows("kube-router runs with its firewall switched off (--run-firewall=false)")))
        }
        ("Amazon VPC CNI", _) => {
            let agent =
                containers().any(|c| matches!(c.name.as_str(), "aws-eks-nodeagent" | "aws-network-policy-agent"));
            if !agent {
                return Settled::No(Some(set.shows("the Amazon VPC CNI runs without its network policy agent")));
            }
            let map = config(snapshot, "kube-system", "amazon-vpc-cni");
            let value = map.and_then(|m| m.get().values.get("enable-network-policy-controller").cloned());
            match flag("enable-network-policy").or(value).as_deref() {
                Some("true") => Settled::Yes(" (its network policy agent is on)"),
                Some("false") => Settled::No(Some(set.shows("the network policy agent of the Amazon VPC CNI is off"))),
                _ => Settled::Unknown,
            }
        }
        ("Flannel", _)
            if containers().any(|c| c.image.as_deref().is_some_and(|i| i.contains("kube-network-policies"))) =>
        {
            Settled::Yes(" (with kube-network-policies beside it)")
        }
        (_, Enforces::Yes) => Settled::Yes(""),
        (_, Enforces::No) => Settled::No(None),
        (_, Enforces::Depends) => Settled::Unknown,
    }
}

fn config<'s>(snapshot: &'s Snapshot, namespace: &str, name: &str) -> Option<Found<'s, ConfigMap>> {
    snapshot.config_maps.named(namespace, name).next()
}

enum Embedded {
    Possible,
    SwitchedOff(Proof),
}

/// k3s and RKE2 carry a policy controller inside; the servers' arguments stand in an annotation.
fn embedded(snapshot: &Snapshot) -> Option<Embedded> {
    let of =
        |node: &Found<'_, Node>, prefix: &str| node.get().metadata.annotations.keys().any(|k| k.starts_with(prefix));
    let mut nodes = snapshot.nodes.iter().filter(|node| of(node, "k3s.io/") || of(node, "rke2.io/")).peekable();
    nodes.peek()?;
    let off = nodes.find(|node| {
        node.get().metadata.annotation("k3s.io/node-args").is_some_and(|args| args.contains("disable-network-policy"))
    });
    Some(match off {
        Some(node) => Embedded::SwitchedOff(node.shows("k3s was started with --disable-network-policy")),
        None => Embedded::Possible,
    })
}
