//! `service/ip-family-unseen`

use kubereach_reports::report::SegmentName;

use super::ip_family_partly_served::{families, nothing_else};
use crate::evaluate::service::context::Context;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "service/ip-family-unseen",
    segment: SegmentName::Endpoints,
    title: "Of one of the Service's IP families no address was read",
    explanation: "The Service is dual-stack and has ready addresses of one family. What was read would not show those \
         of the other one: not all EndpointSlices and pods were read, or only an Endpoints object, which holds \
         addresses of the first family alone. Clients that use its address of the other family may be refused.",
    example: "A dual-stack Service in a dump with its Endpoints object, without slices and pods.",
    sources: &["core/v1 Service spec.ipFamilies", "KEP-563", "KEP-752"],
});

/// Two families, addresses of one, and nothing that shows the other to be empty.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let (present, missing) = families(cx)?;
    let gap = nothing_else(cx, missing).err()?;
    Some(
        DOC.finding(
            &gap,
            cx.object(),
            format!("it is declared for {} as well, and only {} addresses were read", missing.word(), present.word()),
        )
        .next("Read the EndpointSlices and pods as well.", command::get(&cx.object(), "-o yaml"))
        .at(cx.view.service.origin, field!["spec", "ipFamilies"]),
    )
}
