//! What the workloads behind a Service say about their pods.

pub mod daemonset_no_nodes;
pub mod on_demand;
pub mod paused;
pub mod quota;
pub mod rollout_stuck;
pub mod suspended;
pub mod zero_uncertain;

use crate::resolve::World;
use crate::resolve::service::Backing;
use kubereach_model::evidence::{Entry, Finding};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Workload;

/// The pages of this area.
pub static PAGES: &[&Entry] = &[
    daemonset_no_nodes::PAGE.entry(),
    on_demand::PAGE.entry(),
    paused::PAGE.entry(),
    quota::PAGE.entry(),
    rollout_stuck::PAGE.entry(),
    suspended::PAGE.entry(),
    zero_uncertain::PAGE.entry(),
];

type Check = fn(&World<'_>, Found<'_, Workload>) -> Option<Finding>;

/// In the order in which they explain missing pods.
static CAUSES: &[Check] =
    &[quota::finding, daemonset_no_nodes::finding, suspended::finding, rollout_stuck::finding, paused::finding];

/// Every workload behind a Service: owners, then what they control.
pub fn all<'b, 's>(backing: &'b Backing<'s>) -> impl Iterator<Item = Found<'s, Workload>> + use<'b, 's> {
    backing.controlled.iter().chain(&backing.workloads).copied()
}

/// Everything they say, in order of weight.
pub fn causes(world: &World<'_>, backing: &Backing<'_>) -> Vec<Finding> {
    let mut causes: Vec<Finding> = Vec::new();
    for cause in CAUSES {
        for finding in all(backing).filter_map(|w| cause(world, w)) {
            // A Deployment repeats what its replica set says.
            if !causes.iter().any(|c| c.code() == finding.code() && c.cause == finding.cause) {
                causes.push(finding);
            }
        }
    }
    causes
}
