//! From the snapshot to paths: what leads where, resolved hop by hop. Nothing is judged here.

pub mod certificate;
pub mod conditions;
pub mod controllers;
pub mod dialers;
pub mod entries;
pub mod gateway;
pub mod ingress;
pub mod route;
pub mod service;
mod world;

pub use world::World;
