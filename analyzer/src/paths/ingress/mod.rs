//! Ingresses: class and controller, declared paths, and what they lead to.

pub mod actions;
pub mod backend;
pub mod claims;
pub mod class;
pub mod front;
pub mod pods;
pub mod rules;

use crate::paths::World;
use crate::paths::dialers::Dialers;
use crate::snapshot::model::{Ingress, Resource as _};
use crate::snapshot::{Found, Gap};

use claims::Claims;
use class::Classes;
use front::Front;
use pods::ControllerPods;

/// Every Ingress of the snapshot, resolved as far as its rules.
#[derive(Debug)]
pub struct Ingresses<'s> {
    /// In the order of namespace and name.
    pub fronts: Vec<Front<'s>>,
    /// Who claims which path.
    pub claims: Claims<'s>,
    /// Were the Ingresses of the whole cluster read?
    pub complete: Result<(), Gap>,
}

impl<'s> Ingresses<'s> {
    /// Resolves them all; linear in Ingresses and pods.
    pub fn of(world: &World<'s>) -> Self {
        let pods = ControllerPods::of(world);
        let classes = Classes::of(world.snapshot);
        let all: Vec<Found<'s, Ingress>> = world.snapshot.ingresses.iter().collect();
        let dialers = Dialers::of(world);
        let fronts: Vec<_> =
            all.into_iter().map(|ingress| Front::of(world, ingress, &classes, &pods, &dialers)).collect();
        let claims = Claims::of(&fronts);
        Self { fronts, claims, complete: world.snapshot.is_complete(Ingress::KIND, None) }
    }
}
