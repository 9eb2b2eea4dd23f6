//! What the workloads behind a Service say about their pods.

pub mod daemonset_no_nodes;
pub mod on_demand;
pub mod paused;
pub mod quota;
pub mod rollout_stuck;
pub mod suspended;
pub mod zero_uncertain;

use crate::evaluate::Cluster;
use crate::resolve::service::Workloads;
use kubereach_model::evidence::{CatalogueEntry, Finding};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Workload;

/// The pages of this area.
pub static DOCS: &[&CatalogueEntry] = &[
    daemonset_no_nodes::DOC.entry(),
    on_demand::DOC.entry(),
    paused::DOC.entry(),
    quota::DOC.entry(),
    rollout_stuck::DOC.entry(),
    suspended::DOC.entry(),
    zero_uncertain::DOC.entry(),
];

type Check = fn(&Cluster<'_>, Found<'_, Workload>) -> Option<Finding>;

/// In the order in which they explain missing pods.
static CAUSES: &[Check] =
    &[quota::finding, daemonset_no_nodes::finding, suspended::finding, rollout_stuck::finding, paused::finding];

/// Every workload behind a Service: owners, then what they control.
pub fn all<'b, 's>(backing: &'b Workloads<'s>) -> impl Iterator<Item = Found<'s, Workload>> + use<'b, 's> {
    backing.controlled.iter().chain(&backing.workloads).copied()
}

/// Everything they say, in order of weight.
pub fn causes(cluster: &Cluster<'_>, backing: &Workloads<'_>) -> Vec<Finding> {
    let mut causes: Vec<Finding> = Vec::new();
    for cause in CAUSES {
        for finding in all(backing).filter_map(|w| cause(cluster, w)) {
            // A Deployment repeats what its replica set says.
            if !causes.iter().any(|c| c.code() == finding.code() && c.cause == finding.cause) {
                causes.push(finding);
            }
        }
    }
    causes
}
