//! `endpoints/not-consistent`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use crate::resolve::service::Doubt;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "endpoints/not-consistent",
    segment: SegmentName::Endpoints,
    title: "Pods and addresses contradict each other",
    explanation: "The pods that were read and the addresses that were read do not agree on whether anything is \
         ready: pods are ready and no address is, or addresses are ready whose pods are not. The \
         snapshot is not of one moment, or the control plane is behind, so it cannot be told which is \
         right.",
    example: "A ready pod with an address, and EndpointSlices without it.",
    sources: &["Kubernetes endpoint slice controller"],
});

/// The sources decide differently.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let (message, why) = match cx.situation() {
        Situation::Carries => {
            let first = cx.behind.doubted(Doubt::Readiness).find(|e| e.ready)?;
            if cx.behind.counts.undisputed > 0 {
                return None;
            }
            (
                format!("{} is listed as ready, and the pod itself is not, or is not selected any more", first.name()),
                "which of the two is right",
            )
        }
        Situation::Fading | Situation::Empty => {
            let ready: Vec<_> = cx.view.selected.ready().collect();
            let first = ready.first()?;
            if cx.view.declared_only {
                return None;
            }
            let more =
                if ready.len() > 1 { format!(" and {} more pods are", ready.len() - 1) } else { " is".to_owned() };
            let what = if crate::resolve::service::addressed(first) == crate::resolve::service::Addressed::No {
                "shows no address"
            } else {
                "no address is listed as ready"
            };
            (format!("pod {}{more} ready, and {what}", first.metadata.name), "whether the control plane has caught up")
        }
    };
    let gap = Gap::investigate(why, "what was read contradicts itself");
    Some(
        DOC.finding(&gap, cx.object(), message)
            .cause("the snapshot is not of one moment, or the control plane is behind")
            .next(
                "Take the snapshot again.",
                command::labelled("pods", cx.view.namespace(), &cx.view.service.spec.selector),
            ),
    )
}
