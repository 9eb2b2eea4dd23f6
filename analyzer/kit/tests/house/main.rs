//! What holds for the repository itself: what its files may say, where their references lead, which part may know
//! which, and how long a file may get.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod files;

mod links;
mod order;
mod references;
mod sizes;
