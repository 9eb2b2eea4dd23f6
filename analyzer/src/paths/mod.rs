//! From the snapshot to paths: what leads where, resolved hop by hop. Nothing is judged here.

mod world;

pub use world::World;
