//! Reports to render: one of everything, and one of ten thousand.
// Every test file and the example use a part of it.
#![allow(dead_code, unused_imports, unreachable_pub, missing_docs)]
// Long literals are the point of a sample, and a test may panic.
#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::unnecessary_wraps,
    clippy::assigning_clones,
    clippy::similar_names,
    clippy::wildcard_imports,
    clippy::enum_glob_use
)]

mod assumed;
pub mod build;
mod caused;
mod causes;
pub mod hostile;
mod many;
mod measured;
mod sample;
mod subjects;

pub use assumed::{assumed, on_assumptions};
pub use caused::caused;
pub use causes::{class_missing, deny_all, node_down, shop};
pub use many::{each_with_its_own, many, with_causes};
pub use sample::sample;
