//! Reports to render: one of everything, and one of ten thousand.
// Every test file and the example use a part of it.
#![allow(dead_code, unreachable_pub, missing_docs)]

mod build;
pub mod hostile;
mod many;
mod sample;

pub use many::many;
pub use sample::sample;
