//! `policy/dns-egress-udp-only`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, nearly, note};
use crate::evaluate::policy::{Dns, EgressContext};
use crate::policy::Answer;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/dns-egress-udp-only",
    segment: SegmentName::Policy,
    title: "The pods may ask DNS by UDP only",
    explanation: "Egress policies let the pods reach the cluster's DNS by UDP and not by TCP. Most names resolve; answers that do not fit into a datagram are truncated and asked for again by TCP, which then fails.",
    example: "ports: [{port: 53, protocol: UDP}]",
    sources: &["networking.k8s.io/v1 NetworkPolicy", "RFC 7766"],
});

/// Where UDP is let through and TCP is not.
pub fn finding(cx: &EgressContext<'_, '_>) -> Option<Finding> {
    let Some(Dns::Known(Answer::Allowed, Answer::Denied)) = cx.egress.dns else { return None };
    let message = "the pods may ask the cluster's DNS by UDP only, if network policies are enforced: long answers fail";
    let finding = blame(note(&DOC, cx, message.to_owned()), &cx.egress.isolating, cx.port.view.namespace());
    Some(nearly(finding, cx, &cx.egress.near_dns))
}
