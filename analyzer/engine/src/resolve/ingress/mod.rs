//! Ingresses: class and controller, declared paths, and what they lead to.

pub mod actions;
pub mod backend;
pub mod claims;
pub mod class;
pub mod demands;
pub mod entry;
pub mod instances;
pub mod middlewares;
pub mod owners;
pub mod pods;
pub mod rules;
pub mod state;

use crate::resolve::ClusterIndex;
use crate::resolve::contour::taken::Taken;
use kubereach_model::snapshot::model::{Ingress, Resource as _};
use kubereach_model::snapshot::{Gap, GroupKind};

use claims::Claims;
use entry::Entry;
use owners::Owners;
use state::{ControllerStates, IngressState};

/// Every object of one kind, resolved as far as its rules.
#[derive(Debug)]
pub struct Ingresses<'s> {
    /// In the order of namespace and name.
    pub states: Vec<IngressState<'s>>,
    /// Who claims which path.
    pub claims: Claims<'s>,
    /// Paths that `HTTPProxies` of Contour have.
    pub taken: Taken<'s>,
    /// Who holds which host, where one object holds it.
    pub owners: Owners,
    /// Were the Ingresses of the whole cluster read?
    pub complete: Result<(), Gap>,
}

impl<'s> Ingresses<'s> {
    /// Resolves them all; linear in Ingresses and pods.
    pub fn of(cluster: &ClusterIndex<'s>) -> Self {
        let all = Self::new(cluster, cluster.snapshot.ingresses.iter().map(Entry::of), Ingress::KIND);
        Self { taken: Taken::of(cluster.snapshot), ..all }
    }

    /// Resolves all objects of one kind; linear in them and in pods.
    pub fn new(cluster: &ClusterIndex<'s>, entries: impl Iterator<Item = Entry<'s>>, kind: &GroupKind) -> Self {
        let mut controllers = ControllerStates::of(cluster);
        let states: Vec<_> = entries.map(|entry| controllers.state_of(entry)).collect();
        let claims = Claims::of(&states);
        let owners = Owners::of(cluster, &states);
        Self { states, claims, taken: Taken::default(), owners, complete: cluster.snapshot.is_complete(kind, None) }
    }
}
