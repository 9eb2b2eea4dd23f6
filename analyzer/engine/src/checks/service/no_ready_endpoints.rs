//! `service/no-ready-endpoints`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/no-ready-endpoints",
    segment: SegmentName::Endpoints,
    title: "Nothing behind the Service is ready",
    explanation: "The Service selects pods (or has addresses), and not one of them is ready, so no address \
         receives traffic and connections are refused. The cause names the pod that stands in the way \
         and what it says about itself. A Service at zero on purpose, one whose pods are seconds old, \
         and one whose addresses could not be read are other findings.",
    example: "Three pods in CrashLoopBackOff behind a Service.",
    sources: &["core/v1 Service", "Kubernetes endpoint slice controller", "KEP-1669"],
});

/// Nothing answers, and everything was read.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.situation() != Situation::Empty || cx.is_selectorless() {
        return None;
    }
    let view = cx.view;
    let absence = cx.nothing_else(format!("a ready address behind {}", view.title())).ok()?;
    let (live, counts) = (view.selected.live.len(), &cx.behind.counts);
    let message = if live > 0 {
        match live {
            1 => "the only pod behind it is not ready".to_owned(),
            n => format!("none of the {n} pods behind it is ready"),
        }
    } else if counts.terminating_serving > 0 {
        "only pods that are shutting down are left behind it, and this consumer does not use them".to_owned()
    } else if counts.total > 0 {
        match counts.total {
            1 => "the only address behind it is not ready".to_owned(),
            n => format!("none of the {n} addresses behind it is ready"),
        }
    } else if let Some(workload) = view.workloads.owners.first() {
        let wants = view.workloads.desired().map_or_else(String::new, |n| format!(" asks for {n} and"));
        format!("no pod exists behind it: {}{wants} has none", workload.title())
    } else {
        "no address is behind it".to_owned()
    };
    Some(cx.blame(DOC.finding(&absence.proof(), cx.object(), message)))
}
