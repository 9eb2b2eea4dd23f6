//! Network policy: whom the pods behind a Service port admit.

pub mod admits_no_one;
pub mod admits_no_one_if_enforced;
pub mod admits_only_its_node;
pub mod admits_some;
pub mod closed_to_controller;
pub mod closed_to_controller_if_enforced;
mod controller;
pub mod dns_egress_closed;
pub mod dns_egress_udp_only;
mod egress;
pub mod egress_closed;
pub mod egress_differs;
pub mod egress_limited;
mod evaluate;
pub mod foreign_policy;
mod identity;
pub mod inactive_rules;
pub mod not_collected;
pub mod not_enforced;
pub mod not_evaluated;
pub mod partly_closed_to_controller;
pub mod peers_match_no_pod;
pub mod port_no_pod_has;
mod rules;
pub mod selects_nothing;
pub mod service_port_in_rule;
pub mod some_pods_admit_no_one;
pub mod source_address_replaced;
mod targets;
pub mod undecidable;
mod words;

use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::{Entry, Stretch};

pub use controller::through;
pub use evaluate::behind;
pub use identity::{Behind, behind_port, ready_behind, service_port};
pub use source_address_replaced::from_outside;

/// The pages of this area.
pub static PAGES: &[&Entry] = &[
    admits_no_one::PAGE.entry(),
    admits_no_one_if_enforced::PAGE.entry(),
    admits_only_its_node::PAGE.entry(),
    admits_some::PAGE.entry(),
    closed_to_controller::PAGE.entry(),
    closed_to_controller_if_enforced::PAGE.entry(),
    dns_egress_closed::PAGE.entry(),
    dns_egress_udp_only::PAGE.entry(),
    egress_closed::PAGE.entry(),
    egress_differs::PAGE.entry(),
    egress_limited::PAGE.entry(),
    foreign_policy::PAGE.entry(),
    inactive_rules::PAGE.entry(),
    not_collected::PAGE.entry(),
    not_enforced::PAGE.entry(),
    not_evaluated::PAGE.entry(),
    partly_closed_to_controller::PAGE.entry(),
    peers_match_no_pod::PAGE.entry(),
    port_no_pod_has::PAGE.entry(),
    selects_nothing::PAGE.entry(),
    service_port_in_rule::PAGE.entry(),
    some_pods_admit_no_one::PAGE.entry(),
    source_address_replaced::PAGE.entry(),
    undecidable::PAGE.entry(),
];

/// The `policy` segment of a path whose port at `backend` is not known: there is nothing to ask about. The
/// segments before it say so; this one is shown and not counted.
pub fn stretch(backend: &ObjectRef) -> Arc<Stretch> {
    let mut stretch = Stretch::aside(SegmentName::Policy, Some(backend.clone()));
    stretch.add(not_evaluated::finding(backend));
    Arc::new(stretch)
}
