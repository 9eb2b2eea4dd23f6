//! `service/external-name`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::{AliasContext, AliasStep};
use crate::resolve::service::Alias;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "service/external-name",
    segment: SegmentName::Service,
    title: "The Service is an alias for a name",
    explanation: "An ExternalName Service is a DNS alias. Nothing in the cluster stands behind it unless the \
         name is another Service's; its ports and selector mean nothing. A client that speaks TLS or \
         HTTP uses the alias as host name, which the target may not accept.",
    example: r"kind: Service
spec: {type: ExternalName, externalName: db.example.com}",
    sources: &["core/v1 Service spec.externalName", "RFC 1035"],
});

/// Where it leads.
pub fn finding(cx: &AliasContext<'_, '_>) -> Option<Finding> {
    let AliasStep::Leads(alias) = cx.step else { return None };
    let message = match alias {
        Alias::Outside(name) => format!(
            "it is an alias for {}, outside the cluster: nothing behind that name was checked",
            command::cut(name)
        ),
        Alias::Service { namespace, name, .. } => format!("it is an alias for Service {namespace}/{name}"),
        Alias::Address(address) => format!("it is an alias for the address {address}"),
        Alias::Unreadable => return None,
    };
    Some(DOC.finding(cx.service.object(), message).at(cx.service.origin, field!["spec", "externalName"]))
}
