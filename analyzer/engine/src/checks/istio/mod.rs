//! Istio's Gateways and VirtualServices: what keeps traffic from what they lead to.

pub mod credential_missing;
pub mod delegate_missing;
pub mod delegate_unseen;
pub mod gateway_doubted;
pub mod gateway_doubtful;
pub mod gateway_missing;
pub mod gateway_not_ready;
pub mod gateway_not_seen;
pub mod gateway_refused;
pub mod gateway_unseen;
pub mod host_missing;
pub mod host_not_completed;
pub mod host_not_in_gateway;
pub mod host_unseen;
pub mod no_rule_here;
pub mod outside;
pub mod port_missing;
pub mod port_not_exposed;
pub mod port_unseen;
pub mod rule_not_bound;
pub mod subset_empty;
pub mod subset_missing;
pub mod subset_not_there;
pub mod subset_pods_unseen;
pub mod subset_unseen;
pub mod virtual_service_doubted;
pub mod virtual_service_refused;
mod words;

use crate::evaluate::istio::CheckTable;
use kubereach_model::evidence::CatalogueEntry;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    credential_missing::DOC.entry(),
    delegate_missing::DOC.entry(),
    delegate_unseen::DOC.entry(),
    gateway_doubted::DOC.entry(),
    gateway_doubtful::DOC.entry(),
    gateway_missing::DOC.entry(),
    gateway_not_ready::DOC.entry(),
    gateway_not_seen::DOC.entry(),
    gateway_refused::DOC.entry(),
    gateway_unseen::DOC.entry(),
    host_missing::DOC.entry(),
    host_not_completed::DOC.entry(),
    host_not_in_gateway::DOC.entry(),
    host_unseen::DOC.entry(),
    no_rule_here::DOC.entry(),
    outside::DOC.entry(),
    port_missing::DOC.entry(),
    port_not_exposed::DOC.entry(),
    port_unseen::DOC.entry(),
    rule_not_bound::DOC.entry(),
    subset_empty::DOC.entry(),
    subset_missing::DOC.entry(),
    subset_not_there::DOC.entry(),
    subset_pods_unseen::DOC.entry(),
    subset_unseen::DOC.entry(),
    virtual_service_doubted::DOC.entry(),
    virtual_service_refused::DOC.entry(),
];

/// The checks of this area, where evaluation asks them.
pub const TABLE: CheckTable = CheckTable {
    controller: &[gateway_not_ready::check, gateway_doubtful::check, gateway_not_seen::check],
    gateway: &[gateway_refused::check, gateway_doubted::check],
    server: &[port_not_exposed::check, port_unseen::check],
    tls: &[credential_missing::check],
    bound: &[gateway_missing::check, gateway_unseen::check, host_not_in_gateway::check],
    ruleless: &[no_rule_here::check],
    rule: &[virtual_service_refused::check, virtual_service_doubted::check],
    unbound: &[rule_not_bound::check],
    delegate: &[delegate_missing::check, delegate_unseen::check],
    reference: &[
        host_missing::check,
        host_unseen::check,
        host_not_completed::check,
        port_missing::check,
        subset_missing::check,
        subset_not_there::check,
        subset_unseen::check,
        subset_empty::check,
        subset_pods_unseen::check,
        outside::check,
    ],
};
