//! From the snapshot to paths: what leads where, resolved hop by hop. Nothing is judged here.

pub mod certificate;
pub mod controllers;
pub mod entries;
pub mod ingress;
pub mod service;
mod world;

pub use world::World;
