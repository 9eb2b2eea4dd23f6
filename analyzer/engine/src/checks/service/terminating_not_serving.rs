//! `service/terminating-not-serving`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/terminating-not-serving",
    segment: SegmentName::Endpoints,
    title: "Only pods that are shutting down are left, and none answers",
    explanation: "Every address belongs to a pod that is being deleted and no longer answers, so connections \
         are refused. This may be the short gap of a roll-out that stops old pods before it starts \
         new ones.",
    example: "All pods of the Service have a deletionTimestamp and are not ready.",
    sources: &["KEP-1669 ProxyTerminatingEndpoints", "Kubernetes endpoint slice controller"],
});

/// Everything is on its way out and silent.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let (selected, counts) = (&cx.view.selected, &cx.behind.counts);
    let all_leaving = counts.total > 0 && counts.terminating_silent == counts.total;
    let pods_leaving = counts.total == 0 && !selected.terminating.is_empty();
    if cx.situation() != Situation::Empty || !selected.live.is_empty() || !(all_leaving || pods_leaving) {
        return None;
    }
    let absence = cx.nothing_else(format!("an address behind {} that is not terminating", cx.view.title())).ok()?;
    let finding = DOC
        .finding(
            &absence.proof(),
            cx.object(),
            "only pods that are shutting down are left behind it, and none of them answers",
        )
        .cause("no new pod has taken their place; if a roll-out was under way, this may have been a short gap");
    Some(match cx.view.workloads.owners.first() {
        Some(workload) => finding.next("Find out what the workload is doing.", command::describe(&workload.object())),
        None if cx.is_selectorless() => {
            finding.next("Find out what keeps its addresses.", command::get(&cx.object(), "-o yaml"))
        }
        None => finding.next(
            "Find out what became of its pods.",
            command::labelled("pods", cx.view.namespace(), &cx.view.service.spec.selector),
        ),
    })
}
