//! `endpoints/other-manager`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Source;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "endpoints/other-manager",
    segment: SegmentName::Endpoints,
    title: "Somebody else writes addresses for this Service",
    explanation: "A Service with a selector gets its addresses from the control plane. Here further \
         EndpointSlices carry its name and are kept by hand or by another controller; kube-proxy uses \
         them all.",
    example: "An EndpointSlice with the Service's name whose managed-by label is not that of the control plane.",
    sources: &["discovery.k8s.io/v1 EndpointSlice endpointslice.kubernetes.io/managed-by"],
});

/// A slice that the control plane does not keep.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.is_selectorless() {
        return None;
    }
    let slice = cx.view.groups.iter().filter(|g| !g.managed).find_map(|g| match g.source {
        Source::Slice(slice) if !slice.value.endpoints.is_empty() => Some(slice),
        _ => None,
    })?;
    let manager = slice
        .metadata
        .label("endpointslice.kubernetes.io/managed-by")
        .map_or_else(|| "nobody is named as its manager".to_owned(), |m| format!("kept by {}", command::cut(m)));
    Some(DOC.finding(
        slice.object(),
        format!("it adds addresses to {} beside those of its selector ({manager})", cx.view.title()),
    ))
}
