//! A question about the cluster has three answers; only two of them can carry a proof.

use std::ops::Deref;

use kubereach_reports::report::{CoverageState, ObjectRef, UnknownClass};

use super::kind::is_of_others;
use super::model::{Meta, Resource};
use super::{GroupKind, Provenance, Stored};

/// The answer to "is there an object of this name?".
#[derive(Debug, Clone)]
pub enum Lookup<'s, T> {
    /// It was read.
    Found(Found<'s, T>),
    /// It does not exist: the collection that would hold it was read completely.
    Absent(Absence),
    /// It cannot be told.
    Unknown(Gap),
}

impl<'s, T> Lookup<'s, T> {
    /// The object, if it was read.
    pub fn found(self) -> Option<Found<'s, T>> {
        match self {
            Self::Found(found) => Some(found),
            Self::Absent(_) | Self::Unknown(_) => None,
        }
    }
}

/// An object that was read. Facts of it are proofs.
#[derive(Debug)]
pub struct Found<'s, T>(&'s Stored<T>);

impl<T> Clone for Found<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Found<'_, T> {}

impl<T> Deref for Found<'_, T> {
    type Target = Stored<T>;
    fn deref(&self) -> &Stored<T> {
        self.0
    }
}

impl<'s, T: Resource> Found<'s, T> {
    pub(super) const fn new(stored: &'s Stored<T>) -> Self {
        Self(stored)
    }

    /// The object for as long as the snapshot lives.
    pub const fn get(self) -> &'s Stored<T> {
        self.0
    }

    /// Its name.
    pub fn object(&self) -> ObjectRef {
        self.0.value.object_ref()
    }

    /// A positive fact of this object: `fact` says what the object shows, as a clause.
    pub fn shows(&self, fact: impl Into<String>) -> Proof {
        Proof(Basis::Fact { object: self.object(), fact: fact.into() })
    }
}

/// An object that was found, whatever its type.
#[derive(Debug, Clone, Copy)]
pub struct FoundAny<'s> {
    kind: &'static str,
    /// Of another project than Kubernetes.
    group: Option<&'static str>,
    namespaced: bool,
    /// Its metadata.
    pub metadata: &'s Meta,
    /// Where it was read.
    pub origin: u32,
    /// What kind of source it comes from.
    pub provenance: Provenance,
}

impl<'s, T: Resource> Found<'s, T> {
    /// The object without its type. For types that hold one kind.
    pub fn any(self) -> FoundAny<'s> {
        FoundAny {
            kind: &T::KIND.kind,
            group: Some(&*T::KIND.group).filter(|group| is_of_others(group)),
            namespaced: T::NAMESPACED,
            metadata: self.0.value.meta(),
            origin: self.0.origin,
            provenance: self.0.provenance,
        }
    }
}

impl FoundAny<'_> {
    /// Its kind, as Kubernetes spells it.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// Its name.
    pub fn object(&self) -> ObjectRef {
        let namespace = self.namespaced.then(|| self.metadata.namespace.clone());
        ObjectRef {
            kind: self.kind.to_owned(),
            namespace,
            name: self.metadata.name.clone(),
            group: self.group.map(str::to_owned),
        }
    }

    /// As [`Found::shows`].
    pub fn shows(&self, fact: impl Into<String>) -> Proof {
        Proof(Basis::Fact { object: self.object(), fact: fact.into() })
    }

    /// As [`Stored::is_manifest`].
    pub fn is_manifest(&self) -> bool {
        self.provenance == Provenance::Manifest
    }
}

/// Proof that something does not exist. Made only by the snapshot, from complete coverage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    what: String,
    reason: String,
    source: String,
    near: Option<String>,
}

impl Absence {
    pub(super) fn new(what: String, reason: String, source: String) -> Self {
        Self { what, reason, source, near: None }
    }

    pub(super) fn near(mut self, name: Option<String>) -> Self {
        self.near = name;
        self
    }

    /// As a proof on which a block can stand.
    pub fn proof(&self) -> Proof {
        Proof(Basis::Absence(self.clone()))
    }

    /// What does not exist.
    pub fn what(&self) -> &str {
        &self.what
    }
}

/// Why something cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What is missing, as a clause: `EndpointSlices of namespace shop were not collected`.
    pub what: String,
    /// Why, as a clause.
    pub reason: String,
    /// Left open on purpose, or to be looked into.
    pub class: UnknownClass,
    /// A name that was read and comes close to the one that was not.
    pub near: Option<String>,
    /// How much of the kind was read, where that is what is missing.
    pub coverage: Option<CoverageState>,
    /// The kind that was not read, where one settles it.
    pub kind: Option<Box<GroupKind>>,
}

impl Gap {
    /// A gap somebody should look into.
    pub fn investigate(what: impl Into<String>, reason: impl Into<String>) -> Self {
        let (what, reason) = (what.into(), reason.into());
        Self { what, reason, class: UnknownClass::Investigate, near: None, coverage: None, kind: None }
    }

    /// The same, for want of objects of this kind: with them, or known to be none, it is settled.
    #[must_use]
    pub fn for_want_of(self, kind: &GroupKind) -> Self {
        Self { kind: Some(Box::new(kind.clone())), ..self }
    }

    /// A gap that the configuration leaves open on purpose.
    pub fn by_design(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { class: UnknownClass::ByDesign, ..Self::investigate(what, reason) }
    }

    pub(super) fn of_coverage(kind: &GroupKind, namespace: Option<&str>, state: CoverageState, reason: &str) -> Self {
        let scope = namespace.map_or_else(String::new, |ns| format!(" of namespace {ns}"));
        let what = match state {
            CoverageState::Forbidden => format!("{kind} objects{scope} could not be read (permission refused)"),
            CoverageState::Partial => format!("{kind} objects{scope} were read only in part"),
            CoverageState::Complete | CoverageState::NotCollected | CoverageState::NotServed => {
                format!("{kind} objects{scope} were not collected")
            }
        };
        Self { coverage: Some(state), ..Self::investigate(what, reason).for_want_of(kind) }
    }

    /// `what: reason`, for a report's basis line.
    pub fn sentence(&self) -> String {
        if self.reason.is_empty() { self.what.clone() } else { format!("{} ({})", self.what, self.reason) }
    }
}

/// What a statement rests on: an absence with its evidence, or a positive fact of a found object.
/// There is no other way to make one, so nothing can block without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof(Basis);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Basis {
    Absence(Absence),
    Fact { object: ObjectRef, fact: String },
    Measured(String),
}

impl Proof {
    /// Real traffic that was measured; `what` says who measured what, and when. Only the measurement checks
    /// make one, of what the reducer has let vote.
    pub const fn measured(what: String) -> Self {
        Self(Basis::Measured(what))
    }

    /// A name that was read and comes close to the one that does not exist.
    pub fn near(&self) -> Option<&str> {
        match &self.0 {
            Basis::Absence(absence) => absence.near.as_deref(),
            Basis::Fact { .. } | Basis::Measured(_) => None,
        }
    }

    /// One line for the report's basis.
    pub fn sentence(&self) -> String {
        match &self.0 {
            Basis::Absence(a) if a.source.is_empty() => format!("{} does not exist: {}", a.what, a.reason),
            Basis::Absence(a) => format!("{} does not exist: {} [{}]", a.what, a.reason, a.source),
            Basis::Fact { object, fact } => format!("{object}: {fact}"),
            Basis::Measured(what) => what.clone(),
        }
    }
}

/// All objects of a kind in a scope, with what is known about its completeness.
#[derive(Debug, Clone)]
pub struct Listing<'s, T> {
    /// What was read, in the order of namespace and name.
    pub items: Vec<Found<'s, T>>,
    completeness: Result<(String, String), Gap>,
}

impl<'s, T: Resource> Listing<'s, T> {
    pub(super) fn new(items: Vec<Found<'s, T>>, completeness: Result<(String, String), Gap>) -> Self {
        Self { items, completeness }
    }

    /// Were all objects of the scope read?
    pub const fn is_complete(&self) -> bool {
        self.completeness.is_ok()
    }

    /// Why not everything was read, if so.
    pub fn gap(&self) -> Option<&Gap> {
        self.completeness.as_ref().err()
    }

    /// That nothing else exists than what was read: `what` names what the caller looked for and did
    /// not find among [`Self::items`], as a noun phrase (`a pod with labels app=web`).
    pub fn nothing_else(&self, what: impl Into<String>) -> Result<Absence, Gap> {
        match &self.completeness {
            Ok((reason, source)) => Ok(Absence::new(what.into(), reason.clone(), source.clone())),
            Err(gap) => Err(gap.clone()),
        }
    }
}
