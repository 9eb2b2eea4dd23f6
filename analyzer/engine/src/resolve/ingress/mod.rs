//! Ingresses: class and controller, declared paths, and what they lead to.

pub mod actions;
pub mod backend;
pub mod claims;
pub mod class;
pub mod pods;
pub mod rules;
pub mod state;

use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::{Ingress, Resource as _};

use claims::Claims;
use state::{ControllerStates, IngressState};

/// Every Ingress of the snapshot, resolved as far as its rules.
#[derive(Debug)]
pub struct Ingresses<'s> {
    /// In the order of namespace and name.
    pub states: Vec<IngressState<'s>>,
    /// Who claims which path.
    pub claims: Claims<'s>,
    /// Were the Ingresses of the whole cluster read?
    pub complete: Result<(), Gap>,
}

impl<'s> Ingresses<'s> {
    /// Resolves them all; linear in Ingresses and pods.
    pub fn of(cluster: &ClusterIndex<'s>) -> Self {
        let mut controllers = ControllerStates::of(cluster);
        let states: Vec<_> = cluster.snapshot.ingresses.iter().map(|ingress| controllers.state_of(ingress)).collect();
        let claims = Claims::of(&states);
        Self { states, claims, complete: cluster.snapshot.is_complete(Ingress::KIND, None) }
    }
}
