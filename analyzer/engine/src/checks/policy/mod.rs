//! Network policy: whom the pods behind a Service port admit.

pub mod admits_no_one;
pub mod admits_no_one_if_enforced;
pub mod admits_only_its_node;
pub mod admits_some;
pub mod closed_to_controller;
pub mod closed_to_controller_if_enforced;
pub mod dns_egress_closed;
pub mod dns_egress_udp_only;
pub mod egress_closed;
pub mod egress_differs;
pub mod egress_limited;
pub mod foreign_policy;
pub mod inactive_rules;
pub mod not_collected;
pub mod not_enforced;
pub mod not_evaluated;
pub mod partly_closed_to_controller;
pub mod peers_match_no_pod;
pub mod port_no_pod_has;
pub mod selects_nothing;
pub mod service_port_in_rule;
pub mod some_pods_admit_no_one;
pub mod source_address_replaced;
pub mod undecidable;
pub(crate) mod words;

use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::{CatalogueEntry, Segment};

pub use source_address_replaced::from_outside;

/// The pages of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    admits_no_one::DOC.entry(),
    admits_no_one_if_enforced::DOC.entry(),
    admits_only_its_node::DOC.entry(),
    admits_some::DOC.entry(),
    closed_to_controller::DOC.entry(),
    closed_to_controller_if_enforced::DOC.entry(),
    dns_egress_closed::DOC.entry(),
    dns_egress_udp_only::DOC.entry(),
    egress_closed::DOC.entry(),
    egress_differs::DOC.entry(),
    egress_limited::DOC.entry(),
    foreign_policy::DOC.entry(),
    inactive_rules::DOC.entry(),
    not_collected::DOC.entry(),
    not_enforced::DOC.entry(),
    not_evaluated::DOC.entry(),
    partly_closed_to_controller::DOC.entry(),
    peers_match_no_pod::DOC.entry(),
    port_no_pod_has::DOC.entry(),
    selects_nothing::DOC.entry(),
    service_port_in_rule::DOC.entry(),
    some_pods_admit_no_one::DOC.entry(),
    source_address_replaced::DOC.entry(),
    undecidable::DOC.entry(),
];

/// The `policy` segment of a path whose port at `backend` is not known: there is nothing to ask about. The
/// segments before it say so; this one is shown and not counted.
pub fn segment(backend: &ObjectRef) -> Arc<Segment> {
    let mut segment = Segment::aside(SegmentName::Policy, Some(backend.clone()));
    segment.add(not_evaluated::finding(backend));
    Arc::new(segment)
}

/// The checks of this area, where evaluation asks them.
pub const TABLE: crate::evaluate::policy::CheckTable = crate::evaluate::policy::CheckTable {};
