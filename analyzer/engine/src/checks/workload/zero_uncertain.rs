//! `workload/zero-uncertain`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use crate::resolve::service::Zero;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "workload/zero-uncertain",
    segment: SegmentName::Endpoints,
    title: "The workload may be at zero on purpose",
    explanation: "Nothing is behind the Service but workloads at zero, or pods on their way out, and what \
         controls them was not read, or is of a kind that kubereach does not know. It may have been \
         scaled to zero on purpose, or its controller may want pods and not get them.",
    example: "A ReplicaSet with 0 replicas whose Rollout was not collected.",
    sources: &["apps/v1 ReplicaSet", "Argo Rollouts", "meta/v1 OwnerReference controller"],
});

/// At zero, as far as was read.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let Zero::Uncertain(gap) = &cx.view.workloads.zero else { return None };
    if cx.situation() == Situation::Carries {
        return None;
    }
    Some(
        DOC.finding(gap, cx.object(), "nothing runs behind it; whether that is on purpose was not read")
            .cause(format!("it depends on {}", gap.what))
            .next(
                "Find out what owns its pods.",
                command::labelled("replicasets", cx.view.namespace(), &cx.view.service.spec.selector),
            ),
    )
}
