//! `policy/dns-egress-closed`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, nearly, note};
use crate::evaluate::policy::{Dns, EgressContext};
use crate::policy::Answer;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/dns-egress-closed",
    segment: SegmentName::Policy,
    title: "The pods may not ask the cluster's DNS",
    explanation: "The pods behind this port are isolated for outgoing traffic and no rule lets them reach the cluster's DNS pods, neither by UDP nor by TCP, on the port those pods listen on. If policies are enforced, names do not resolve (queries time out). A rule that was meant to let them through and misses, for example because it names another port than the DNS pods listen on, is named with what to change. Not raised where a node-local cache may answer, or where it cannot be told.",
    example: "An egress rule to a database and none to kube-system.",
    sources: &["networking.k8s.io/v1 NetworkPolicy", "RFC 7766"],
});

/// Where neither UDP nor TCP is let through.
pub fn finding(cx: &EgressContext<'_, '_>) -> Option<Finding> {
    let Some(Dns::Known(Answer::Denied, Answer::Denied)) = cx.egress.dns else { return None };
    let message = "the pods may not ask the cluster's DNS, if network policies are enforced: names do not resolve";
    let finding = blame(note(&DOC, cx, message.to_owned()), &cx.egress.isolating, cx.port.view.namespace());
    Some(nearly(finding, cx, &cx.egress.near_dns))
}
