//! Network policies: one evaluator, used by every check and by `kubereach can`.
//!
//! For one connection and one policy there are four plain answers (and two more for admin policies):
//! *not applicable*, *admits*, *does not admit*, *undecidable* with the missing fact. A policy alone
//! blocks nothing; only the fold over all policies of an end does, and a connection is *denied* only with
//! positive evidence at one end. Nothing else in the project interprets policies.
//!
//! What a kind of policy means is the business of its engine ([`engine`]), a folder of its own; the evaluator knows
//! tiers, selections and answers, and no kind by name.
//!
//! Port and address sets are exact without a second evaluator: an answer can change only at a boundary
//! that some rule names, so one evaluation per interval between boundaries covers them all ([`reach`]).

mod action;
mod admin;
mod answer;
mod antrea;
mod calico;
pub mod catalogue;
mod cilium;
pub mod cni;
mod core;
mod dns;
mod egress_firewall;
mod ends;
mod engine;
mod fold;
mod groups;
mod habits;
mod ineffective;
mod istio;
mod ladder;
mod linkerd;
mod mesh;
mod missing;
mod near;
mod network;
mod not_read;
mod options;
mod ports;
pub mod reach;
mod request;
mod selectors;
mod set;
mod shelf;
mod side;
mod systems;
pub mod third_party;
mod view;
mod vpc_cni;
mod way;
mod words;

pub use answer::{Answer, Direction, Missing, Outcomes, PolicyAnswer, Protocol, Truth};
pub use dns::{DNS_PORT, Dns, Servers};
pub use ends::{End, Ends, NodeEnd, PodEnd, ServiceEnd};
pub(crate) use engine::is_evaluated;
pub use engine::{Layer, Policy, RulePlace, Tier, Unread};
pub use groups::{Group, Sight};
pub use habits::{HABITS, Habits};
pub use ineffective::Ineffective;
pub use near::NearMiss;
pub use network::Block;
pub use options::{AgainstPods, Assumed, EndPorts, Nodes, PolicyOptions};
pub use request::Request;
pub use set::{Connection, Policies, Selection};
pub use side::{Reason, SideAnswer, Verdict};
pub use view::{Decision, PolicyView};
pub use words::Outgoing;
