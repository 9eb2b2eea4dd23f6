//! The spine: segments start unknown, only evidence moves them, and nothing blocks without a proof.
//!
//! A [`Page`] is one check's code, effect, segment and prose. A [`Finding`] is made from a page and what
//! the page's effect demands: a [`crate::snapshot::Proof`] to block or narrow, a
//! [`crate::snapshot::Gap`] to cloud, nothing to note. A [`Stretch`] is one segment of a path with its
//! findings; a [`Path`] is a row of stretches.

mod finding;
mod page;
mod path;
mod place;
mod stretch;

pub use finding::{FieldPath, Finding, Step};
pub use page::{Blocks, Clouds, EffectMarker, Entry, Narrows, Notes, Page, Text};
pub use path::{Dormant, EntryPoint, Path, PathKey, Subject};
pub use place::{Locate, Place};
pub use stretch::{Stretch, fold};
