//! `policy/egress-limited`

use kubereach_reports::report::SegmentName;

use crate::checks::policy::phrases::{blame, note};
use crate::evaluate::policy::{Dns, EgressContext, words};
use crate::policy::{Answer, Outgoing};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/egress-limited",
    segment: SegmentName::Policy,
    title: "The pods may only reach some destinations",
    explanation: "The pods behind this port are isolated for outgoing traffic, all by the same rules: this is whom \
                  those rules let them reach, if policies are enforced. It says nothing about who may connect to \
                  them; answers to connections that were admitted always pass. Whether the cluster's DNS, the \
                  API server and addresses outside the cluster are among the destinations is said where it can be told.",
    example: "egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432}]}]",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// Where every pod may reach the same, and not everything.
pub fn finding(cx: &EgressContext<'_, '_>) -> Option<Finding> {
    let Some(Outgoing::Only(whom)) = cx.egress.same_for_all() else { return None };
    let message = format!("the pods may only reach these, if network policies are enforced: {}", words::list(whom));
    let egress = &cx.egress;
    let said = [egress.dns.map(of_dns), egress.api_server.and_then(of_api_server), egress.outside.map(of_outside)];
    let said: Vec<&str> = said.into_iter().flatten().collect();
    let finding = note(&DOC, cx, message).cause(said.join(" "));
    Some(blame(finding, &cx.egress.isolating, cx.port.view.namespace()))
}

/// Whether the API server is.
const fn of_api_server(answer: Answer) -> Option<&'static str> {
    match answer {
        Answer::Allowed => Some("They may reach the API server."),
        Answer::Denied => Some("They may not reach the API server."),
        Answer::Unknown => None,
    }
}

/// Whether the outside is.
const fn of_outside(answer: Answer) -> &'static str {
    match answer {
        Answer::Allowed => "They may connect to any address outside the cluster by HTTPS (TCP 443).",
        Answer::Denied => "They may connect to no address outside the cluster by HTTPS (TCP 443).",
        Answer::Unknown => "Whether they may connect to an address outside the cluster depends on the address.",
    }
}

/// Whether the cluster's DNS is among the destinations.
const fn of_dns(dns: Dns) -> &'static str {
    match dns {
        Dns::Known(Answer::Allowed, Answer::Allowed) => "They may ask the cluster's DNS.",
        Dns::Known(Answer::Allowed, Answer::Denied) => "They may ask the cluster's DNS by UDP only.",
        Dns::Known(Answer::Denied, Answer::Allowed) => "They may ask the cluster's DNS by TCP only.",
        Dns::Known(Answer::Denied, Answer::Denied) => "They may not ask the cluster's DNS.",
        Dns::Known(..) => "A rule leaves open whether they may ask the cluster's DNS.",
        Dns::Unclear(why) => why,
    }
}
