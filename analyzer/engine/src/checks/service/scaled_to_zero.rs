//! `service/scaled-to-zero`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{AtRest, Context, asks_for_no_pod};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Step, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::{Workload, WorkloadKind};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/scaled-to-zero",
    segment: SegmentName::Endpoints,
    title: "The workload behind the Service is at zero on purpose",
    explanation: "Every workload whose pods the Service selects asks for no pod: a Deployment, StatefulSet, \
         ReplicaSet, Rollout, DeploymentConfig or ReplicationController with 0 replicas (also while \
         its last pods go), a DaemonSet that no node matches, a suspended Job, a CronJob between \
         runs, a virtual machine that is switched off. Nothing answers now, and that is what was \
         asked for: the path is shown as dormant and not counted as an outage. Where a kind that \
         kubereach does not know controls the workload, the answer is unknown.",
    example: r"kind: Deployment
spec:
  replicas: 0",
    sources: &["apps/v1 Deployment spec.replicas", "batch/v1 Job spec.suspend"],
});

/// All of it asks for no pod.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let rest = cx.at_rest()?;
    let AtRest::Zero(workload) = rest else { return None };
    let (action, line) = match workload.kind {
        WorkloadKind::DaemonSet | WorkloadKind::AdvancedDaemonSet => {
            ("See which nodes it may run on.", command::describe(&workload.object()))
        }
        WorkloadKind::VirtualMachine | WorkloadKind::VirtualMachineInstance => {
            ("Start it if it should serve.", command::get(&workload.object(), ""))
        }
        _ => ("Scale it up if it should serve.", command::get(&workload.object(), "")),
    };
    Some(
        DOC.finding(&workload.shows(asks_for_no_pod(&workload)), workload.object(), rest.reason())
            .cause("it asks for no pod, so nothing answers")
            .next(action, line)
            .at(workload.origin, field(&workload))
            .relates(cx.object(), "the Service in front of it"),
    )
}

/// What says so.
fn field(workload: &Workload) -> Vec<Step> {
    match workload.kind {
        WorkloadKind::DaemonSet | WorkloadKind::AdvancedDaemonSet => field!["status", "desiredNumberScheduled"].into(),
        WorkloadKind::Job => field!["spec", "suspend"].into(),
        WorkloadKind::CronJob if workload.spec.suspend.0 == Some(true) => field!["spec", "suspend"].into(),
        WorkloadKind::CronJob => field!["spec", "schedule"].into(),
        WorkloadKind::DeploymentConfig if workload.spec.test.0 == Some(true) => field!["spec", "test"].into(),
        WorkloadKind::VirtualMachine if workload.spec.running.0.is_some() => field!["spec", "running"].into(),
        WorkloadKind::VirtualMachine => field!["spec", "runStrategy"].into(),
        WorkloadKind::VirtualMachineInstance => field!["status", "phase"].into(),
        _ => field!["spec", "replicas"].into(),
    }
}
