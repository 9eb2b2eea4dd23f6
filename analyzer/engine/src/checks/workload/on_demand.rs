//! `workload/on-demand`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{AtRest, Context};
use crate::resolve::service::Zero;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "workload/on-demand",
    segment: SegmentName::Endpoints,
    title: "The workload starts when traffic comes",
    explanation: "The workload is at zero, and something starts it on demand: KEDA scales it, or it is a \
         Knative revision whose requests go to an activator. Whether traffic gets through depends on \
         that, by design.",
    example: "A Deployment with 0 replicas that a KEDA HTTPScaledObject targets.",
    sources: &["KEDA ScaledObject, Pausing autoscaling", "Knative Serving: ServerlessService mode Proxy"],
});

/// At zero, with something that starts it.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let AtRest::OnDemand = cx.at_rest()? else { return None };
    let (by, object) = match &cx.view.workloads.zero {
        Zero::OnDemand(scaler) => (format!("{} {}", scaler.kind, scaler.name), Some(scaler.clone())),
        Zero::Knative => ("Knative".to_owned(), None),
        _ => return None,
    };
    let gap = Gap::by_design(format!("whether {by} starts the workload in time"), "it is at zero and starts on demand");
    let finding = DOC.finding(&gap, cx.object(), format!("its workload is at zero and is started on demand by {by}"));
    Some(match object {
        Some(scaler) => {
            finding.next("Find out what starts it.", command::describe(&scaler)).relates(scaler, "starts the workload")
        }
        None => finding,
    })
}
