//! Which checks are asked about Services and what lies behind them.

use kubereach_reports::report::ObjectRef;

use super::alias::AliasContext;
use super::context::Context;
use crate::evaluate::Cluster;
use crate::resolve::entries::UnmodelledEntries;
use kubereach_model::evidence::{Assumption, Finding, Segment};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Pod, Workload};

/// A check that looks at one Service port.
pub type Check = fn(&Context<'_, '_>) -> Option<Finding>;
/// A check of what was not read of one Service port and may be in the way.
pub type AssumptionCheck = fn(&Context<'_, '_>) -> Option<Assumption>;
/// A check that looks at a step of following an alias.
pub type AliasCheck = fn(&AliasContext<'_, '_>) -> Option<Finding>;
/// A check that says why a pod is not ready.
pub type PodCheck = fn(&Cluster<'_>, Found<'_, Pod>) -> Option<Finding>;
/// A check that says why pods of a workload are missing.
pub type WorkloadCheck = fn(&Cluster<'_>, Found<'_, Workload>) -> Option<Finding>;
/// A check that looks at who names a Service among entries of kinds that are not evaluated.
pub type NamingCheck = fn(&UnmodelledEntries<'_>, &ObjectRef) -> Option<Finding>;

/// A check of workloads, and when it is asked.
#[derive(Debug, Clone, Copy)]
pub struct WorkloadCause {
    /// The check.
    pub check: WorkloadCheck,
    /// What it finds is worth a word only where something is missing.
    pub only_while_missing: bool,
}

/// The checks of what lies behind a Service port, in the order in which they are asked.
#[derive(Debug)]
pub struct CheckTable {
    /// Of the `service` segment.
    pub service: &'static [Check],
    /// Of the `service` segment: what only a running cluster shows.
    pub service_unseen: &'static [AssumptionCheck],
    /// Of the `service` segment of an alias (ExternalName).
    pub alias: &'static [AliasCheck],
    /// Of the `endpoints` segment where nothing is meant to answer now: the first that fits is all that is said.
    pub at_rest: &'static [Check],
    /// Of the `endpoints` segment where nothing answers: the first that fits says why.
    pub nothing_answers: &'static [Check],
    /// Of the `endpoints` segment where something answers: all that lessens it or leaves it in doubt.
    pub something_answers: &'static [Check],
    /// Of the `endpoints` segment, whatever answers.
    pub endpoints: &'static [Check],
    /// Why a pod is not ready: the first that fits is the diagnosis.
    pub pods: &'static [PodCheck],
    /// Why pods of a workload are missing.
    pub workloads: &'static [WorkloadCause],
    /// Of the `port` segment: the first that fits says why it leads nowhere.
    pub port_leads_nowhere: &'static [Check],
    /// Of the `port` segment where addresses were read and none of them lists the port.
    pub port_not_listed: &'static [Check],
    /// Of the `port` segment that leads somewhere.
    pub port_leads_on: &'static [Check],
    /// Of the `port` segment, wherever it leads.
    pub port: &'static [Check],
    /// Of the `address` segment of a node port.
    pub node_port: &'static [Check],
    /// Of the `address` segment of a load balancer.
    pub load_balancer: &'static [Check],
    /// Of the `address` segment of a load balancer: what was not read and may be in the way.
    pub load_balancer_unseen: &'static [AssumptionCheck],
    /// Beside the paths of a Service.
    pub naming: &'static [NamingCheck],
}

pub(super) fn run(checks: &[Check], cx: &Context<'_, '_>, segment: &mut Segment) {
    for finding in checks.iter().filter_map(|check| check(cx)) {
        segment.add(finding);
    }
}
