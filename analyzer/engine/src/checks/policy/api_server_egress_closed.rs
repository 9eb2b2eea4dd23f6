//! `policy/api-server-egress-closed`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, nearly, note};
use crate::evaluate::policy::EgressContext;
use crate::policy::Answer;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/api-server-egress-closed",
    segment: SegmentName::Policy,
    title: "A rule means the API server and does not let the pods reach it",
    explanation: "Egress policies keep the pods behind this port from the API server, and one of their rules was \
                  meant to let them through: it names the address or the port of the Service kubernetes. Policies \
                  see a connection after that address is translated, so the rule has to name the addresses and the \
                  port on which the API server listens, which its EndpointSlice holds. If policies are enforced, \
                  clients of the Kubernetes API in these pods time out. Pods under rules that do not mean the API \
                  server are not named: most need none.",
    example: "egress: [{to: [{ipBlock: {cidr: 10.96.0.1/32}}], ports: [{port: 443}]}]",
    sources: &[
        "networking.k8s.io/v1 NetworkPolicy",
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    ],
});

/// Where a rule nearly lets them through.
pub fn finding(cx: &EgressContext<'_, '_>) -> Option<Finding> {
    if cx.egress.api_server != Some(Answer::Denied) || cx.egress.near_api_server.is_empty() {
        return None;
    }
    let message = "the pods may not reach the API server, if network policies are enforced, though a rule means it";
    let finding = blame(note(&DOC, cx, message.to_owned()), &cx.egress.isolating, cx.port.view.namespace());
    Some(nearly(finding, cx, &cx.egress.near_api_server))
}
