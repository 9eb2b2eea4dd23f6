//! The byte level of intake, from inputs to decoded objects.
// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::format_push_string, clippy::format_collect)]

mod agree;
mod bombs;
mod canonical;
mod containers;
mod documents;
mod kit;
mod pieces;
mod pool;
mod positions;
mod property;
mod saved;
mod truth;
mod yaml;
