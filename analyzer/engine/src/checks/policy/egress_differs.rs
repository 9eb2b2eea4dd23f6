//! `policy/egress-differs`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, note};
use crate::evaluate::policy::{EgressContext, words};
use crate::policy::Outgoing;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/egress-differs",
    segment: SegmentName::Policy,
    title: "The pods may not all reach the same destinations",
    explanation: "The pods behind this port are not under the same egress policies, so a request may succeed or \
                  fail by the pod that serves it, if policies are enforced. What each kind of them may reach is \
                  listed; a union over all of them would say more than any of them may do.",
    example: "Two Deployments behind one Service, one of them under a policy with egress rules.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Where not every pod may reach the same.
pub fn finding(cx: &EgressContext<'_, '_>) -> Option<Finding> {
    let kinds = &cx.egress.kinds;
    if kinds.len() < 2 {
        return None;
    }
    let message = format!(
        "the {} pods may not all reach the same, if network policies are enforced: {}",
        cx.port.all(),
        kinds.iter().map(|(outgoing, (_, count))| kind(outgoing, *count)).collect::<Vec<_>>().join("; ")
    );
    let each: Vec<String> = kinds.values().map(|(pod, _)| pod.object().to_string()).collect();
    let finding = note(&DOC, cx, message).cause(format!("One of each kind: {}.", words::list(&each)));
    Some(blame(finding, &cx.egress.isolating, cx.port.view.namespace()))
}

/// `1 only pods with app=db in namespace shop`.
fn kind(outgoing: &Outgoing, count: usize) -> String {
    match outgoing {
        Outgoing::Anything => format!("{count} anything"),
        Outgoing::Only(whom) => format!("{count} only {}", words::list(whom)),
        Outgoing::Nothing => format!("{count} nothing"),
        Outgoing::Unclear => format!("{count} cannot be told"),
    }
}
