//! `service/external-name-target-unseen`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::{AliasContext, AliasStep};
use crate::resolve::service::Alias;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::{Gap, Lookup};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "service/external-name-target-unseen",
    segment: SegmentName::Service,
    title: "The target of the alias was not read",
    explanation: "The ExternalName is the name of another Service of this cluster, and the Services of that \
         namespace were not read, or the name itself was masked.",
    example: "An alias for api.backend.svc.cluster.local in a dump of one namespace.",
    sources: &["core/v1 Service spec.externalName"],
});

/// Whether the target exists cannot be told.
pub fn finding(cx: &AliasContext<'_, '_>) -> Option<Finding> {
    let (gap, what) = match cx.step {
        AliasStep::Leads(Alias::Unreadable) => (
            Gap::investigate("the name it is an alias for", "it is missing or was masked by the collector"),
            "a name".to_owned(),
        ),
        AliasStep::Leads(Alias::Service { namespace, name, target: Lookup::Unknown(gap) }) => {
            (gap.clone(), format!("Service {namespace}/{name}"))
        }
        _ => return None,
    };
    let service = cx.service;
    Some(
        DOC.finding(&gap, service.object(), format!("it is an alias for {what}, which was not read"))
            .next("Read the Services of that namespace too.", command::get(&service.object(), "-o yaml"))
            .at(service.origin, field!["spec", "externalName"]),
    )
}
