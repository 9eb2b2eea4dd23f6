//! Why pods behind a Service are not ready: what the pods themselves show, then what their workloads say.

use std::collections::BTreeMap;

use super::{CheckTable, PodCheck};
use crate::evaluate::Cluster;
use crate::resolve::service::ServiceView;
use kubereach_model::evidence::Finding;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Pod, Workload};

/// One cause.
#[derive(Debug, Clone)]
pub struct Cause {
    /// What was found.
    pub finding: Finding,
    /// It is worth a word only where something is missing.
    pub only_while_missing: bool,
}

/// Every cause behind a Service, the gravest first.
pub(super) fn of(cluster: &Cluster<'_>, checks: &CheckTable, view: &ServiceView<'_>) -> Vec<Cause> {
    let unready: Vec<_> = view.selected.not_ready().collect();
    let of_pods = of_pods(cluster, checks.pods, &unready).into_iter();
    let mut causes: Vec<Cause> = of_pods.map(|finding| Cause { finding, only_while_missing: false }).collect();
    let workloads: Vec<Found<'_, Workload>> = view.workloads.all().collect();
    let first = causes.len();
    for cause in checks.workloads {
        for finding in workloads.iter().filter_map(|workload| (cause.check)(cluster, *workload)) {
            // A Deployment repeats what its replica set says.
            let same = |c: &Cause| c.finding.code() == finding.code() && c.finding.cause == finding.cause;
            if !causes.iter().skip(first).any(same) {
                causes.push(Cause { finding, only_while_missing: cause.only_while_missing });
            }
        }
    }
    causes
}

/// Why these pods are not ready: one finding per cause, the gravest first, each on the first pod (in the
/// order given) that shows it. Every pod is looked at; none is sampled out.
fn of_pods(cluster: &Cluster<'_>, checks: &[PodCheck], pods: &[Found<'_, Pod>]) -> Vec<Finding> {
    let mut found: BTreeMap<usize, (Finding, usize)> = BTreeMap::new();
    for pod in pods {
        for (rank, check) in checks.iter().enumerate() {
            if let Some(finding) = check(cluster, *pod) {
                found.entry(rank).and_modify(|(_, more)| *more += 1).or_insert((finding, 0));
                break;
            }
        }
    }
    let with_count = |(mut finding, more): (Finding, usize)| {
        if more > 0 {
            finding.message =
                format!("{} (and {more} more {} likewise)", finding.message, if more == 1 { "pod" } else { "pods" });
        }
        finding
    };
    found.into_values().map(with_count).collect()
}
