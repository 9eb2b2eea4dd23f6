//! Many bundles, each judged by itself: which they are, and a few of them at once.

mod list;
mod run;
mod shard;

pub(crate) use list::{Bundle, Fleet, list};
pub(crate) use run::{AtOnce, each};
pub(crate) use shard::Shard;
