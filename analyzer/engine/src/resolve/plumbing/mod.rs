//! What every path stands on: cluster DNS, the agents that run on every node, and the way from the API server
//! (`docs/semantics/plumbing.md`, `docs/semantics/api-server.md`).

mod agents;
mod api_server;
mod components;
pub mod corefile;
pub mod dns;

pub use agents::{Agents, Down, addresses_run_out, node_network_unavailable};
pub use api_server::{api_server_callers, serving_secret, webhook_named};
pub use components::{COMPONENTS, Component, Does};
