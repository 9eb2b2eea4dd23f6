//! Measurements: read, matched to paths, and reduced to what they prove (`docs/design.md#measurement`).
//!
//! In the order of the flow: [`read`] takes files and refuses what it does not know; [`merge`] matches rows
//! to paths and notes what a row may count for (its age, its identity, its controls); [`reduce`] is a pure
//! function of a path and the set of sightings of it; [`state`] is the one table. Only a
//! [`Real`] sighting reaches the table: what the API server relayed cannot, by its type.

mod admission;
mod age;
mod document;
mod facts;
mod files;
mod full;
mod localize;
mod merge;
mod parts;
mod real;
mod reduce;
mod remark;
mod row;
mod rows;
mod sighting;
mod source;
mod table;
mod unknown_host;

pub use document::{Document, ObservationError, ObservationInput, ObservationLimits, read};
pub use facts::PathFacts;
pub use files::inventory;
pub use merge::{Merged, merge};
pub use real::Real;
pub use reduce::{PathSeen, reduce};
pub use remark::{Measurement, Remark};
pub use sighting::{Doubt, EntryOnly, Sighting};
pub use source::Source;
pub use table::{Seen, state};
