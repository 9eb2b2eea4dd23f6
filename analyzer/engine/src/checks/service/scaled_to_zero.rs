//! `service/scaled-to-zero`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Zero;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::{Workload, WorkloadKind};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/scaled-to-zero",
    segment: SegmentName::Endpoints,
    title: "The workload behind the Service is at zero on purpose",
    explanation: "Every workload whose pods the Service selects asks for no pod: a Deployment, StatefulSet, \
         ReplicaSet, Rollout or ReplicationController with 0 replicas (also while its last pods go), \
         a DaemonSet that no node matches, a suspended Job, a CronJob between runs. Nothing answers \
         now, and that is what was asked for: the path is shown as dormant and not counted as an \
         outage.",
    example: r"kind: Deployment
spec:
  replicas: 0",
    sources: &["apps/v1 Deployment spec.replicas", "batch/v1 Job spec.suspend"],
});

/// All of it asks for no pod.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let serves = cx.behind.counts.ready > 0 && !cx.view.declared_only;
    if serves || !matches!(cx.view.backing.zero, Zero::Yes) {
        return None;
    }
    let workload = cx.view.backing.workloads.first()?;
    let (fact, field) = fact(workload);
    let title = workload.title();
    let (action, line) = match workload.kind {
        WorkloadKind::DaemonSet => ("See which nodes it may run on.", command::describe(&workload.object())),
        _ => ("Scale it up if it should serve.", command::get(&workload.object(), "")),
    };
    Some(
        DOC.finding(
            &workload.shows(fact.clone()),
            workload.object(),
            format!("{title} is scaled to zero on purpose ({fact})"),
        )
        .cause("it asks for no pod, so nothing answers")
        .next(action, line)
        .at(workload.origin, field)
        .relates(cx.object(), "the Service in front of it"),
    )
}

/// What shows that it is at zero, and which field.
fn fact(workload: &Workload) -> (String, Vec<kubereach_model::evidence::Step>) {
    match workload.kind {
        WorkloadKind::DaemonSet => ("no node matches it".to_owned(), field!["status", "desiredNumberScheduled"].into()),
        WorkloadKind::Job => ("suspend: true".to_owned(), field!["spec", "suspend"].into()),
        WorkloadKind::CronJob if workload.spec.suspend.0 == Some(true) => {
            ("suspend: true".to_owned(), field!["spec", "suspend"].into())
        }
        WorkloadKind::CronJob => ("between two runs".to_owned(), field!["spec", "schedule"].into()),
        _ => ("replicas: 0".to_owned(), field!["spec", "replicas"].into()),
    }
}
