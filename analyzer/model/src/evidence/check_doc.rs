//! One check's code, effect, segment and prose. The catalogue and `docs/checks.md` are made of these.

use std::marker::PhantomData;

use kubereach_reports::report::{Effect, ObjectRef, SegmentName};

use super::{Assumption, Finding, Obstacle};
use crate::snapshot::{Gap, Proof};

/// An effect as a type, so that a page's findings can only be made from what the effect demands.
pub trait EffectMarker: 'static {
    /// The effect.
    const EFFECT: Effect;
    /// Can what is missing be assumed not to be there?
    const ASSUMES: bool = false;
}

macro_rules! marker {
    ($($(#[$m:meta])* $name:ident),+) => {$(
        $(#[$m])*
        #[derive(Debug)]
        pub enum $name {}
        impl EffectMarker for $name { const EFFECT: Effect = Effect::$name; }
    )+};
}
marker! {
    /// No traffic can pass here.
    Blocks,
    /// Some traffic passes, less than declared.
    Narrows,
    /// Cannot be told.
    Inconclusive,
    /// Worth saying, changes nothing.
    Notes
}

/// Inconclusive where assumptions count as unknown, or where what is missing is needed for traffic; else an assumption.
#[derive(Debug)]
pub enum Assumes {}

impl EffectMarker for Assumes {
    const EFFECT: Effect = Effect::Inconclusive;
    const ASSUMES: bool = true;
}

/// What a check writes about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// `area/what`, stable for ever.
    pub code: &'static str,
    /// The segment it speaks of.
    pub segment: SegmentName,
    /// One line.
    pub title: &'static str,
    /// One paragraph: what it means, when it is raised, when it is not, and what follows for traffic.
    pub explanation: &'static str,
    /// A minimal example that raises it (YAML or prose).
    pub example: &'static str,
    /// Where the rule comes from: API reference, KEP, RFC, a controller's documentation.
    pub sources: &'static [&'static str],
}

/// A page of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// The prose.
    pub text: Text,
    /// What its findings do.
    pub effect: Effect,
    /// Is it an assumption wherever what is missing could only be in the way?
    pub assumes: bool,
}

impl CatalogueEntry {
    /// What it does, in words.
    pub const fn does(&self) -> &'static str {
        match (self.effect, self.assumes) {
            (effect, false) => effect.word(),
            (_, true) => "assumes",
        }
    }
}

/// A check's page; `E` decides what a finding of it can be made from.
#[derive(Debug)]
pub struct CheckDoc<E> {
    entry: CatalogueEntry,
    effect: PhantomData<fn() -> E>,
}

impl<E: EffectMarker> CheckDoc<E> {
    /// A page with this prose.
    pub const fn new(text: Text) -> Self {
        Self { entry: CatalogueEntry { text, effect: E::EFFECT, assumes: E::ASSUMES }, effect: PhantomData }
    }

    /// For the catalogue.
    pub const fn entry(&'static self) -> &'static CatalogueEntry {
        &self.entry
    }

    /// Its code.
    pub const fn code(&self) -> &'static str {
        self.entry.text.code
    }
}

impl CheckDoc<Blocks> {
    /// A finding that blocks. `object` is the culprit; `message` says what, for a person.
    pub fn finding(&'static self, proof: &Proof, object: ObjectRef, message: impl Into<String>) -> Finding {
        Finding::new(&self.entry, object, meant(message.into(), proof.near()), proof.sentence())
    }
}

impl CheckDoc<Narrows> {
    /// A finding that narrows.
    pub fn finding(&'static self, proof: &Proof, object: ObjectRef, message: impl Into<String>) -> Finding {
        Finding::new(&self.entry, object, meant(message.into(), proof.near()), proof.sentence())
    }
}

impl CheckDoc<Inconclusive> {
    /// A finding that is inconclusive: `gap` says what is missing and why.
    pub fn finding(&'static self, gap: &Gap, object: ObjectRef, message: impl Into<String>) -> Finding {
        Finding::of_gap(&self.entry, gap, object, meant(message.into(), gap.near.as_deref()))
    }
}

impl CheckDoc<Assumes> {
    /// A finding that is inconclusive: `gap` says what is missing and why.
    pub fn finding(&'static self, gap: &Gap, object: ObjectRef, message: impl Into<String>) -> Finding {
        Finding::of_gap(&self.entry, gap, object, meant(message.into(), gap.near.as_deref()))
    }

    /// The same where what is missing could only be in the way: an assumption, which is this finding wherever
    /// assumptions count as unknown.
    pub fn assumption(&'static self, obstacle: Obstacle, object: ObjectRef, message: impl Into<String>) -> Assumption {
        let message = meant(message.into(), obstacle.gap().near.as_deref());
        Assumption::new(&self.entry, obstacle, object, message)
    }
}

impl CheckDoc<Notes> {
    /// A finding that changes nothing.
    pub fn finding(&'static self, object: ObjectRef, message: impl Into<String>) -> Finding {
        Finding::new(&self.entry, object, message.into(), String::new())
    }
}

/// Adds the name that was perhaps meant.
fn meant(message: String, near: Option<&str>) -> String {
    match near {
        Some(name) => format!("{message} (did you mean '{name}'?)"),
        None => message,
    }
}
