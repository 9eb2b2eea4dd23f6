//! What the workloads behind a Service say about their pods.

pub mod daemonset_no_nodes;
pub mod never_rolled_out;
pub mod on_demand;
pub mod paused;
pub mod quota;
pub mod rollout_failed;
pub mod rollout_stuck;
pub mod suspended;
pub mod webhook_refuses;
pub mod zero_uncertain;

use crate::evaluate::service::{WorkloadCause, WorkloadCheck};
use kubereach_model::evidence::CatalogueEntry;

/// What `explain` says of the checks of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    daemonset_no_nodes::DOC.entry(),
    never_rolled_out::DOC.entry(),
    on_demand::DOC.entry(),
    paused::DOC.entry(),
    quota::DOC.entry(),
    rollout_failed::DOC.entry(),
    rollout_stuck::DOC.entry(),
    suspended::DOC.entry(),
    webhook_refuses::DOC.entry(),
    zero_uncertain::DOC.entry(),
];

const fn cause(check: WorkloadCheck) -> WorkloadCause {
    WorkloadCause { check, only_while_missing: false }
}

/// In the order in which they explain missing pods.
pub const CAUSES: &[WorkloadCause] = &[
    cause(webhook_refuses::finding),
    cause(quota::finding),
    cause(daemonset_no_nodes::finding),
    cause(suspended::finding),
    cause(never_rolled_out::finding),
    cause(rollout_failed::finding),
    cause(rollout_stuck::finding),
    WorkloadCause { check: paused::finding, only_while_missing: true },
];
