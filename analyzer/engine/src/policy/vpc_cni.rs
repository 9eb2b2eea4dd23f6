//! The strict mode of the Amazon VPC CNI: a pod starts closed and opens only by policies that select it.
//! (docs/semantics/network-policy.md#the-amazon-vpc-cni-may-start-pods-closed)

use std::collections::HashMap;

use ipnet::IpNet;
use jiff::Timestamp;

use super::answer::{Direction, Missing, Outcomes, PolicyAnswer, Truth};
use super::cni::{Enforcement, Plugins};
use super::ends::PodEnd;
use super::engine::{self, Asked, Compiled, Policy, Rules, Scope, Tier};
use super::groups::Sight;
use super::ports::PortEntry;
use kubereach_model::snapshot::model::lenient::Field;
use kubereach_model::snapshot::model::{PodSpec, Workload, WorkloadKind};
use kubereach_model::snapshot::{Found, GroupKind, Proof, Snapshot};

/// Reads no kind: what it speaks of is a setting.
#[derive(Debug)]
pub(super) struct Engine;

impl engine::Engine for Engine {
    fn kinds(&self) -> &'static [GroupKind] {
        &[]
    }

    fn compile<'s>(&self, snapshot: &'s Snapshot) -> Vec<Policy<'s>> {
        let plugin = snapshot
            .workloads
            .named("kube-system", "aws-node")
            .find(|set| set.kind == WorkloadKind::DaemonSet && !set.is_manifest());
        let Some(found) = plugin else { return Vec::new() };
        let stored = found.get();
        let mode = stored.value.template().and_then(|template| mode(&template.spec));
        // Without the agent nothing is enforced, whatever the mode.
        let plugins = Plugins::detect(snapshot);
        if mode.is_none() || matches!(plugins.enforcement, Enforcement::NotEnforced { .. }) {
            return Vec::new();
        }
        let rules = Compiled::StartsClosed(StartsClosed { found, snapshot, since: since(snapshot) });
        vec![Policy { object: found.object(), origin: stored.origin, tier: Tier::Namespace, rules }]
    }
}

/// How pods start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Strict,
    /// The variable is there and its value is not.
    Hidden,
}

/// `standard`, the default, is none.
fn mode(spec: &PodSpec) -> Option<Mode> {
    let plugin = spec.containers.iter().find(|container| container.name == "aws-node")?;
    match &plugin.env.iter().find(|variable| variable.name == "NETWORK_POLICY_ENFORCING_MODE")?.value {
        Field::Known(value) if value == "strict" => Some(Mode::Strict),
        Field::Known(_) => None,
        _ => Some(Mode::Hidden),
    }
}

/// Since when each node's plugin is surely strict.
fn since(snapshot: &Snapshot) -> HashMap<&str, Timestamp> {
    let pods = snapshot.pods.in_namespace("kube-system").filter(|pod| {
        let meta = &pod.get().value.metadata;
        meta.controller().is_some_and(|owner| owner.kind == "DaemonSet" && owner.name == "aws-node")
    });
    pods.filter_map(|pod| {
        let pod = &pod.get().value;
        let is_strict = mode(&pod.spec) == Some(Mode::Strict);
        Some((pod.spec.node_name.as_deref().filter(|_| is_strict)?, pod.metadata.creation_timestamp.0?))
    })
    .collect()
}

/// Closes pods that no policy selects.
#[derive(Debug)]
pub(super) struct StartsClosed<'s> {
    found: Found<'s, Workload>,
    snapshot: &'s Snapshot,
    since: HashMap<&'s str, Timestamp>,
}

impl<'s> Rules<'s> for StartsClosed<'s> {
    fn scope(&self) -> Scope<'s> {
        Scope::Cluster
    }

    /// A pod that was started after the plugin of its node became strict; older ones may have started open.
    fn selects(&self, pod: &PodEnd<'s>, _direction: Direction) -> Truth<'s> {
        if pod.host_network || pod.on_virtual_node {
            return Truth::No;
        }
        let started = || {
            let pod = self.snapshot.pods.named(pod.namespace, pod.name).next().filter(|_| !pod.is_template)?;
            pod.get().value.metadata.creation_timestamp.0
        };
        let since = pod.node.and_then(|node| self.since.get(node));
        match (since, started()) {
            (Some(since), Some(started)) if *since < started => Truth::Yes,
            _ => Truth::Unknown(Missing::StrictMode),
        }
    }

    fn yields(&self) -> bool {
        true
    }

    fn answer(&self, asked: &Asked<'_, 's>, selected: Truth<'s>) -> PolicyAnswer<'s> {
        let possible = Outcomes::NONE.or(Outcomes::DENY);
        match selected {
            Truth::No => PolicyAnswer::NotApplicable,
            Truth::Unknown(missing) => PolicyAnswer::Undecidable { missing, possible },
            Truth::Yes if asked.other.is_on_node() => {
                PolicyAnswer::Undecidable { missing: Missing::HostNetwork, possible }
            }
            Truth::Yes => PolicyAnswer::DoesNotAdmit,
        }
    }

    fn rule_count(&self, _direction: Direction) -> Option<usize> {
        Some(0)
    }

    fn restricts(&self, _direction: Direction) -> bool {
        true
    }

    fn spares_own_node(&self) -> bool {
        true
    }

    fn denies_by_default(&self) -> bool {
        true
    }

    fn ports(&self, _direction: Direction, _each: &mut dyn FnMut(&PortEntry<'s>)) {}

    fn ranges(&self, _direction: Direction, _each: &mut dyn FnMut(IpNet)) {}

    /// It looks at when a pod was started, by which pods of one workload differ.
    fn see(&self, sight: &mut Sight<'s>) {
        sight.every_pod();
    }

    fn reached(&self, _phrases: &mut Vec<String>) {}

    fn admitted(&self, _asked: &Asked<'_, 's>, _phrases: &mut Vec<String>) {}

    fn shows(&self, fact: &str) -> Proof {
        self.found.shows(fact)
    }
}
