//! What policies say to a connection: one policy's share, a layer's, an end's, and all together.

use std::collections::BTreeSet;

use super::answer::{Answer, Direction, Missing, PolicyAnswer};
use super::engine::Layer;

/// One policy's share in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason<'s> {
    /// Index of the policy.
    pub policy: u32,
    /// Which end it isolates.
    pub direction: Direction,
    /// What it says.
    pub answer: PolicyAnswer<'s>,
}

/// What the policies of one layer say at one end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LayerAnswer<'s> {
    pub(super) answer: Answer,
    pub(super) reasons: Vec<Reason<'s>>,
    pub(super) missing: BTreeSet<Missing<'s>>,
}

impl LayerAnswer<'_> {
    /// Nobody objects.
    pub(super) const fn open() -> Self {
        Self { answer: Answer::Allowed, reasons: Vec::new(), missing: BTreeSet::new() }
    }
}

/// What the policies of one end say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideAnswer<'s> {
    /// The fold.
    pub answer: Answer,
    /// The policies that decide it, in the order in which they are asked; empty where none applies.
    pub reasons: Vec<Reason<'s>>,
    /// Where it is unknown: what is missing.
    pub missing: BTreeSet<Missing<'s>>,
    /// What each layer says by itself, in the order of [`Layer::ALL`].
    layers: [LayerAnswer<'s>; Layer::ALL.len()],
}

impl<'s> SideAnswer<'s> {
    /// Nobody objects.
    pub(crate) const fn open() -> Self {
        let layers = [LayerAnswer::open(), LayerAnswer::open(), LayerAnswer::open()];
        Self { answer: Answer::Allowed, reasons: Vec::new(), missing: BTreeSet::new(), layers }
    }

    pub(super) fn unknown(missing: Missing<'s>) -> Self {
        let unknown =
            LayerAnswer { answer: Answer::Unknown, missing: BTreeSet::from([missing]), ..LayerAnswer::open() };
        Self::of([unknown, LayerAnswer::open(), LayerAnswer::open()])
    }

    /// All layers together: the strictest answer, by those that give it.
    pub(super) fn of(layers: [LayerAnswer<'s>; Layer::ALL.len()]) -> Self {
        let answer = layers.iter().map(|layer| layer.answer).min().unwrap_or(Answer::Allowed);
        let (mut reasons, mut missing) = (Vec::new(), BTreeSet::new());
        for layer in layers.iter().filter(|layer| layer.answer == answer) {
            reasons.extend(&layer.reasons);
            missing.extend(&layer.missing);
        }
        Self { answer, reasons, missing, layers }
    }

    /// Is it not open, and would it be without what this layer says?
    pub(crate) fn is_closed_only_by(&self, layer: Layer) -> bool {
        let fits = |(own, said): (Layer, &LayerAnswer<'s>)| (own == layer) != (said.answer == Answer::Allowed);
        Layer::ALL.into_iter().zip(&self.layers).all(fits)
    }

    /// The same where nobody enforces the policies of the network.
    pub(crate) fn of_mesh(&self) -> Self {
        let [_, waypoint, mesh] = self.layers.clone();
        Self::of([LayerAnswer::open(), waypoint, mesh])
    }

    /// Do the policies of the network let it through?
    pub(crate) fn is_open_in_network(&self) -> bool {
        let [network, ..] = &self.layers;
        network.answer == Answer::Allowed
    }

    /// Is it turned away by a mesh, whatever the network's plugin does?
    pub(crate) fn is_closed_in_mesh(&self) -> bool {
        let [_, waypoint, mesh] = &self.layers;
        waypoint.answer == Answer::Denied || mesh.answer == Answer::Denied
    }

    /// Does anything of a mesh stand in the way, or may it?
    pub(crate) fn is_open_in_mesh(&self) -> bool {
        let [_, waypoint, mesh] = &self.layers;
        waypoint.answer == Answer::Allowed && mesh.answer == Answer::Allowed
    }
}

/// What all policies say to a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict<'s> {
    /// The fold over both ends.
    pub answer: Answer,
    /// Out of the source.
    pub egress: SideAnswer<'s>,
    /// Into the destination.
    pub ingress: SideAnswer<'s>,
    /// A pod that talks to itself: no policy applies.
    pub same_pod: bool,
}
