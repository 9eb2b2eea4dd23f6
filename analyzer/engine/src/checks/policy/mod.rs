//! Network policy: whom the pods behind a Service port admit.

pub mod admits_no_one;
pub mod admits_no_one_if_enforced;
pub mod admits_only_its_node;
pub mod admits_some;
pub mod api_server_egress_closed;
pub mod caller_unseen;
pub mod closed_to_controller;
pub mod closed_to_controller_if_enforced;
pub mod dns_egress_closed;
pub mod dns_egress_udp_only;
pub mod egress_closed;
pub mod egress_differs;
pub mod egress_limited;
pub mod foreign_policy;
pub mod inactive_rules;
pub mod leaves_by;
pub mod may_be_opened;
pub mod not_collected;
pub mod not_enforced;
pub mod not_evaluated;
pub mod partly_closed_to_controller;
pub mod peers_match_no_pod;
mod phrases;
pub mod pods_unread;
pub mod port_no_pod_has;
pub mod selects_nothing;
pub mod service_port_in_rule;
pub mod some_pods_admit_no_one;
pub mod source_address_replaced;
pub mod undecidable;

use crate::evaluate::policy::CheckTable;
use kubereach_model::evidence::CatalogueEntry;

/// The catalogue entries of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    admits_no_one::DOC.entry(),
    admits_no_one_if_enforced::DOC.entry(),
    admits_only_its_node::DOC.entry(),
    admits_some::DOC.entry(),
    api_server_egress_closed::DOC.entry(),
    caller_unseen::DOC.entry(),
    closed_to_controller::DOC.entry(),
    closed_to_controller_if_enforced::DOC.entry(),
    dns_egress_closed::DOC.entry(),
    dns_egress_udp_only::DOC.entry(),
    egress_closed::DOC.entry(),
    egress_differs::DOC.entry(),
    egress_limited::DOC.entry(),
    foreign_policy::DOC.entry(),
    inactive_rules::DOC.entry(),
    leaves_by::DOC.entry(),
    may_be_opened::DOC.entry(),
    not_collected::DOC.entry(),
    not_enforced::DOC.entry(),
    not_evaluated::DOC.entry(),
    partly_closed_to_controller::DOC.entry(),
    peers_match_no_pod::DOC.entry(),
    pods_unread::DOC.entry(),
    port_no_pod_has::DOC.entry(),
    selects_nothing::DOC.entry(),
    service_port_in_rule::DOC.entry(),
    some_pods_admit_no_one::DOC.entry(),
    source_address_replaced::DOC.entry(),
    undecidable::DOC.entry(),
];

/// The checks of this area, where evaluation asks them.
pub const TABLE: CheckTable = CheckTable {
    without_port: &[not_evaluated::finding],
    unread: &[not_collected::assumption],
    third_party: &[foreign_policy::finding],
    ways_out: &[leaves_by::finding],
    admission: &[
        not_enforced::finding,
        undecidable::finding,
        may_be_opened::finding,
        pods_unread::finding,
        admits_some::finding,
        admits_only_its_node::finding,
        admits_no_one::finding,
        admits_no_one_if_enforced::finding,
        some_pods_admit_no_one::finding,
    ],
    egress: &[
        egress_closed::finding,
        egress_limited::finding,
        egress_differs::finding,
        dns_egress_closed::finding,
        dns_egress_udp_only::finding,
        api_server_egress_closed::finding,
    ],
    selecting: &[inactive_rules::check, port_no_pod_has::check, service_port_in_rule::check, peers_match_no_pod::check],
    selecting_nobody: &[selects_nothing::finding],
    caller: &[
        undecidable::of_caller,
        caller_unseen::finding,
        may_be_opened::of_caller,
        partly_closed_to_controller::finding,
        closed_to_controller::finding,
        closed_to_controller_if_enforced::finding,
    ],
    from_outside: &[source_address_replaced::finding, caller_unseen::from_outside],
};
