//! `service/external-name-target-unseen`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// The page.
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
pub fn finding(cx: &Context<'_, '_>, gap: &Gap, what: &str) -> Finding {
    DOC.finding(gap, cx.object(), format!("it is an alias for {what}, which was not read"))
        .next("Read the Services of that namespace too.", command::get(&cx.object(), "-o yaml"))
        .at(cx.view.service.origin, field!["spec", "externalName"])
}
