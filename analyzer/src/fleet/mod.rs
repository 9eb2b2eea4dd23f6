//! Many bundles, each judged by itself: which they are, and a few of them at once.

mod list;
mod run;
mod shard;

pub use list::{Bundle, Fleet, FleetError, list};
pub use run::{AtOnce, each};
pub use shard::Shard;
