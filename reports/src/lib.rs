//! What is *said*: the report's data contract and every renderer.
//!
//! A report is plain data ([`report::Report`]); a renderer turns it into bytes and decides nothing.
//! This crate knows nothing of Kubernetes objects, files or checks.
#![forbid(unsafe_code)]
// A String cannot fail to grow: `write!` would only add a Result to ignore.
#![allow(clippy::format_push_string)]

// Each looks at none that comes later.
pub mod report;

pub mod secrets;

pub mod render;
