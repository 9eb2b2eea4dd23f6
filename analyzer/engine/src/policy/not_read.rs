//! The kinds of policy that were not read, where each matters: worked out once for every namespace, because every
//! connection asks.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::cni::Plugins;
use super::engine::{ENGINES, Layer, Unread};
use super::systems;
use kubereach_model::snapshot::Snapshot;
use kubereach_model::snapshot::model::Resource as _;

/// What was not read, by namespace.
#[derive(Debug)]
pub(super) struct NotRead<'s> {
    /// Nothing but manifests was read, of which nothing is missing.
    manifests: bool,
    /// Does the network's plugin enforce nothing?
    unenforced: bool,
    /// Cluster-wide kinds.
    everywhere: Vec<Unread>,
    /// Kinds of policy of other systems that this cluster has.
    systems: Vec<&'static systems::Kind>,
    /// Of every namespace that has a pod or a Service.
    by_namespace: BTreeMap<&'s str, Vec<Unread>>,
}

impl<'s> NotRead<'s> {
    pub(super) fn of(snapshot: &'s Snapshot, plugins: &Plugins) -> Self {
        let mut this = Self {
            manifests: snapshot.is_manifests(),
            unenforced: plugins.is_off(),
            everywhere: ENGINES.iter().flat_map(|engine| engine.unread(snapshot)).collect(),
            // What is supposed to run brings no policies that nobody read.
            systems: systems::present(snapshot, if plugins.is_supposed() { &[] } else { &plugins.names }),
            by_namespace: BTreeMap::new(),
        };
        let of_services = snapshot.services.iter().map(|service| service.get().meta().namespace.as_str());
        let of_pods = snapshot.pods.iter().map(|pod| pod.get().meta().namespace.as_str());
        let namespaces: BTreeSet<&'s str> = of_services.chain(of_pods).collect();
        this.by_namespace = namespaces.into_iter().map(|name| (name, this.work_out(snapshot, name))).collect();
        this
    }

    /// What matters to a namespace.
    pub(super) fn of_namespace(&self, snapshot: &Snapshot, namespace: &str) -> Cow<'_, [Unread]> {
        match self.by_namespace.get(namespace) {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(self.work_out(snapshot, namespace)),
        }
    }

    fn work_out(&self, snapshot: &Snapshot, namespace: &str) -> Vec<Unread> {
        if self.manifests {
            return Vec::new();
        }
        let systems = self.systems.iter().filter_map(|kind| kind.unread(snapshot, namespace));
        if self.unenforced {
            // Whatever is stored does nothing; a mesh enforces its own.
            return systems.filter(|unread| unread.layer != Layer::Network).collect();
        }
        let own = ENGINES.iter().filter_map(|engine| engine.unread_in(snapshot, namespace));
        own.chain(self.everywhere.iter().cloned()).chain(systems).collect()
    }
}
