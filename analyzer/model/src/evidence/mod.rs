//! The spine: segments start unknown, only evidence moves them, and nothing blocks without a proof.
//!
//! A [`CheckDoc`] is one check's code, effect, segment and prose. A [`Finding`] is made from a page and what
//! the page's effect demands: a [`crate::snapshot::Proof`] to block or narrow, a
//! [`crate::snapshot::Gap`] to cloud, nothing to note. A [`Segment`] is one segment of a path with its
//! findings; a [`Path`] is a row of segments.

mod assumption;
mod assumptions;
mod carriers;
mod check_doc;
pub mod command;
mod finding;
mod path;
mod place;
pub mod said;
mod segment;

pub use assumption::{Assumption, MayBeInTheWay, Obstacle, Reading};
pub use assumptions::Assumptions;
pub use carriers::Carriers;
pub use check_doc::{Assumes, Blocks, CatalogueEntry, CheckDoc, EffectMarker, Inconclusive, Narrows, Notes, Text};
pub use finding::{FieldPath, Finding, Step};
pub use path::{Dormant, EntryPoint, Path, PathKey, SubjectPaths};
pub use place::{Locate, Place};
pub use segment::{Segment, fold};
