//! What of the policies does nothing at present: policies that select no pod, rules whose peers are no pod.
//!
//! Said of pods that run and of templates that may make more, and only where all of them were read: a pod
//! that was not seen may be the one that is meant.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::answer::{Direction, Truth};
use super::core::{Core, Peer};
use super::ends::{Ends, PodEnd};
use super::selectors::on_labels;
use super::set::{Policies, Rules};
use crate::snapshot::model::{Pod, Resource as _, WorkloadKind};

/// Policies and rules that do nothing at present.
#[derive(Debug, Default)]
pub struct Idle {
    /// Policies that select no pod, in the order of all, per namespace.
    policies: HashMap<String, Vec<u32>>,
    /// Rules of core policies whose peers all are pods by their labels, and none is one.
    rules: BTreeSet<(u32, usize, usize)>,
}

/// Pods of a namespace by their labels: what differs in nothing else is looked at once.
type Kinds<'s> = BTreeMap<&'s str, BTreeMap<Vec<(&'s str, &'s str)>, PodEnd<'s>>>;

impl Idle {
    /// One walk over pods and templates, and one over the peers of all rules.
    pub(super) fn of<'s>(ends: &Ends<'s>, policies: &Policies<'s>) -> Self {
        let snapshot = ends.snapshot();
        let mut idle = Self::default();
        if snapshot.is_manifests() {
            return idle;
        }
        let mut kinds: Kinds<'s> = BTreeMap::new();
        let running = snapshot.pods.iter().filter(|pod| !pod.is_finished()).map(|pod| ends.pod(pod));
        let templates = snapshot.workloads.iter().filter_map(|workload| ends.template(workload));
        for pod in running.chain(templates) {
            let labels = pod.labels.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            kinds.entry(pod.namespace).or_default().entry(labels).or_insert(pod);
        }
        let all_read = |namespace: Option<&str>| {
            // What is scaled to zero has no pods now and will have some: its template has to be known too.
            let workloads =
                [WorkloadKind::Deployment, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet, WorkloadKind::CronJob];
            snapshot.is_complete(Pod::KIND, namespace).is_ok()
                && workloads.iter().all(|kind| snapshot.is_complete(&kind.group_kind(), namespace).is_ok())
        };
        let everywhere = all_read(None);
        for (index, policy) in (0_u32..).zip(policies.all()) {
            let Rules::Core(core) = &policy.rules else { continue };
            if !all_read(Some(core.namespace)) {
                continue;
            }
            let own = kinds.get(core.namespace);
            let selected = own.into_iter().flatten().any(|(_, pod)| on_labels(core.selector, pod.labels) != Truth::No);
            if !selected {
                idle.policies.entry(core.namespace.to_owned()).or_default().push(index);
                continue;
            }
            for direction in Direction::BOTH {
                for (number, rule) in core.rules_of(direction).unwrap_or_default().iter().enumerate() {
                    let peers = !rule.peers.is_empty();
                    if peers && rule.peers.iter().all(|peer| nobody(peer, core, &kinds, everywhere)) {
                        idle.rules.insert((index, direction.index(), number));
                    }
                }
            }
        }
        idle
    }

    /// Policies of a namespace that select no pod.
    pub fn policies(&self, namespace: &str) -> &[u32] {
        self.policies.get(namespace).map(Vec::as_slice).unwrap_or_default()
    }

    /// Are the peers of this rule no pod at present?
    pub fn rule(&self, policy: u32, direction: Direction, rule: usize) -> bool {
        self.rules.contains(&(policy, direction.index(), rule))
    }
}

/// Is the peer surely no pod? Addresses and what cannot be read may be somebody.
fn nobody(peer: &Peer<'_>, core: &Core<'_>, kinds: &Kinds<'_>, everywhere: bool) -> bool {
    let Peer::Selected { pods, namespaces } = peer else { return false };
    let is_it = |pod: &PodEnd<'_>| Peer::selects(*pods, *namespaces, core.namespace, pod) != Truth::No;
    match namespaces {
        None => !kinds.get(core.namespace).into_iter().flatten().any(|(_, pod)| is_it(pod)),
        Some(_) => everywhere && !kinds.values().flatten().any(|(_, pod)| is_it(pod)),
    }
}
