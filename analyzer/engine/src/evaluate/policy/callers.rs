//! The pods that dial for a front door, as policies see them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::evaluate::Cluster;
use crate::policy::{End, Group, PodEnd};
use crate::resolve::proxy_pods::{Proxy, TrafficSource};
use kubereach_model::evidence::Carriers;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Pod;

/// The pods that dial, and which of them no policy tells apart.
#[derive(Debug, Clone)]
pub struct Callers<'s> {
    /// One for each pod.
    pub ends: Vec<End<'s>>,
    /// Those that are alike, by their index; the first speaks for all.
    pub kinds: Vec<Group>,
    /// Where they are, each once, in order.
    pub namespaces: Vec<&'s str>,
    names: HashSet<(&'s str, &'s str)>,
    /// The same, as segments name them.
    carriers: Arc<Carriers>,
}

impl<'s> Callers<'s> {
    fn of(cluster: &Cluster<'s>, pods: &[Found<'s, Pod>]) -> Self {
        let policies = cluster.policies();
        let ends: Vec<End<'s>> = pods.iter().map(|pod| End::Pod(policies.ends.pod(*pod))).collect();
        let kinds = policies.sight.group(ends.iter().filter_map(End::pod));
        let name = |pod: &Found<'s, Pod>| {
            let meta = &pod.get().value.metadata;
            (meta.namespace.as_str(), meta.name.as_str())
        };
        let mut namespaces: Vec<&'s str> = pods.iter().map(|pod| name(pod).0).collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        let carriers = Arc::new(Carriers::Pods(pods.iter().map(Found::object).collect()));
        Self { ends, kinds, namespaces, names: pods.iter().map(name).collect(), carriers }
    }

    /// Is this very pod one of them?
    pub fn holds(&self, pod: &PodEnd<'_>) -> bool {
        !pod.is_template && self.names.contains(&(pod.namespace, pod.name))
    }

    /// The same of a pod that was read.
    pub fn has(&self, pod: Found<'_, Pod>) -> bool {
        self.names.contains(&(pod.metadata.namespace.as_str(), pod.metadata.name.as_str()))
    }
}

/// Who dials, as policies see it.
#[derive(Debug, Clone)]
pub enum Caller<'s> {
    /// These pods.
    Pods(Arc<Callers<'s>>),
    /// A proxy that no `NetworkPolicy` can name.
    OwnIdentity,
    /// Pods of the cluster that were not seen.
    Unseen,
}

impl Caller<'_> {
    /// As segments name them.
    pub(super) fn carriers(&self) -> Arc<Carriers> {
        match self {
            Self::Pods(callers) => Arc::clone(&callers.carriers),
            Self::OwnIdentity => Arc::new(Carriers::OwnIdentity),
            Self::Unseen => Arc::new(Carriers::Unseen),
        }
    }
}

/// The callers of one cluster's proxies, each worked out once. Proxies are told apart by their place in memory,
/// where they stay as long as they are kept here.
#[derive(Debug, Default)]
pub struct CallersOf<'s> {
    known: Mutex<HashMap<usize, (Arc<Proxy<'s>>, Arc<Callers<'s>>)>>,
}

impl<'s> CallersOf<'s> {
    /// Who dials for this proxy.
    pub fn of(&self, cluster: &Cluster<'s>, proxy: &Arc<Proxy<'s>>) -> Caller<'s> {
        let pods = match &proxy.source {
            TrafficSource::Pods(pods) => pods,
            TrafficSource::OwnIdentity => return Caller::OwnIdentity,
            TrafficSource::Unseen => return Caller::Unseen,
        };
        let place = Arc::as_ptr(proxy).addr();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, callers) =
            known.entry(place).or_insert_with(|| (Arc::clone(proxy), Arc::new(Callers::of(cluster, pods))));
        Caller::Pods(Arc::clone(callers))
    }
}
