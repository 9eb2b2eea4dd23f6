//! Contour's `HTTPProxies`: which are roots, which are included, and what of them Contour refuses.
//!
//! Source: `projectcontour/contour` `internal/dag` (`httpproxy_processor.go`, `conditions.go`, `policy.go`, `cache.go`,
//! `secret.go`, `accessors.go`).

pub mod conditions;
mod host;
pub mod include;
mod policies;
pub mod routes;
pub mod secret;
pub mod table;
pub mod taken;
pub mod text;
pub mod tree;

use kubereach_model::evidence::{FieldPath, Step};
use kubereach_model::snapshot::model::HttpProxy;
use kubereach_model::snapshot::{Absence, Found, Gap};

/// An `HTTPProxy` that was read.
pub type Proxy<'s> = Found<'s, HttpProxy>;

/// One thing that Contour finds wrong with an `HTTPProxy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Type and reason of the error that Contour writes into the condition `Valid`.
    pub reason: &'static str,
    /// What is wrong.
    pub what: String,
    /// Where.
    pub field: FieldPath,
    /// How certain it is.
    pub basis: Basis,
}

/// What a problem rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// On the object itself, as it was read.
    Shown,
    /// On something that does not exist.
    Missing(Absence),
    /// On nothing that is certain.
    Unknown(Gap),
    /// On the content of a Secret that was not read, which may be in the way.
    Secret(Gap),
}

impl Problem {
    pub(crate) fn shown<const N: usize>(reason: &'static str, field: [Step; N], what: impl Into<String>) -> Self {
        Self { reason, what: what.into(), field: field.into(), basis: Basis::Shown }
    }

    pub(crate) fn with(self, basis: Basis) -> Self {
        Self { basis, ..self }
    }

    /// Is it proven?
    pub const fn is_certain(&self) -> bool {
        matches!(self.basis, Basis::Shown | Basis::Missing(_))
    }
}
