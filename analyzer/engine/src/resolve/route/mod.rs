//! Routes: to which listeners they attach and which backends they name. Nothing is judged here.

pub mod attach;
pub mod backend;
pub mod changes;
pub mod delegation;
pub mod filters;
pub mod loops;
pub mod matches;
pub mod parent;
pub mod policy;
pub mod redirect;
pub mod refused;
pub mod rules;
pub mod shape;
pub mod status;
