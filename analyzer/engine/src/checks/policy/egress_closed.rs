//! `policy/egress-closed`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, note};
use crate::evaluate::policy::EgressContext;
use crate::policy::Outgoing;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/egress-closed",
    segment: SegmentName::Policy,
    title: "The pods may open no connection",
    explanation: "Every pod behind this port is isolated for outgoing traffic by policies without any rule, so it can neither resolve names nor reach anything, if policies are enforced. Answers to those who connect to it are not affected.",
    example: "policyTypes: [Egress] without egress rules.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Where every pod may reach nothing.
pub fn finding(cx: &EgressContext<'_, '_>) -> Option<Finding> {
    let Some(Outgoing::Nothing) = cx.egress.same_for_all() else { return None };
    let message =
        "the pods may open no connection at all, if network policies are enforced: names do not resolve either";
    Some(blame(note(&DOC, cx, message.to_owned()), &cx.egress.isolating, cx.port.view.namespace()))
}
