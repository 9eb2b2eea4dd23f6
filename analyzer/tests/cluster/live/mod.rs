//! The live reader.

mod kit;

mod credentials;
mod fixtures;
mod follow;
mod kubectl;
mod permission;
mod plane;
mod planted;
mod plugin;
mod rbac;
mod relay;
mod secrets;
mod snapshot;
mod soak;
mod trouble;
