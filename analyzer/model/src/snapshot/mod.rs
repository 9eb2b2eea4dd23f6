//! What was read about one cluster, and what is known about what was not.
//!
//! The domain knows nothing of files or YAML: [`kubereach_intake`] fills a [`Snapshot`] through its
//! [`Builder`], everything behind only asks it. A question is answered three ways (see [`Lookup`]).

mod builder;
mod coverage;
mod defaults;
mod every;
mod index;
mod kind;
pub mod kinds;
mod lookup;
pub mod model;
mod near;
mod placeholder;
mod redaction;
mod refusal;
mod selector;
mod siblings;
mod simulation;
mod store;
mod thresholds;

pub use builder::{Builder, Decode, Duplicate, MadeAgain, Provenance};
pub use coverage::{Assumption, Coverage, CoverageRecord};
pub use every::Every;
pub use index::Index;
pub use kind::{GroupKind, is_of_others};
pub use kinds::{AnyObject, Snapshot};
pub use lookup::{Absence, Found, FoundAny, Gap, Listing, Lookup, Proof};
pub use near::{is_near, nearest};
pub use placeholder::{example as placeholder_in, is_placeholder, is_word_to_fill};
pub use redaction::{HIDDEN, is_masked};
pub use refusal::{Refusal, Refused};
pub use selector::{LabelSelector, Requirement, matches_pairs};
pub use siblings::Siblings;
pub use siblings::are_alike;
pub use siblings::separate;
pub use simulation::Simulation;
pub use store::{Kept, ManifestsOnly, Store, Stored};
pub use thresholds::Thresholds;
