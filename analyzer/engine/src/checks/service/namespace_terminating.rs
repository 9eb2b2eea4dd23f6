//! `service/namespace-terminating`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "service/namespace-terminating",
    segment: SegmentName::Service,
    title: "The namespace is being deleted",
    explanation: "The namespace of the Service is being deleted: everything in it goes, and what is judged \
         here may be gone already.",
    example: "A namespace in phase Terminating.",
    sources: &["core/v1 Namespace status.phase"],
});

/// The namespace goes away.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let namespace = cx.cluster.leaving(cx.view.namespace())?;
    Some(DOC.finding(
        namespace.object(),
        format!("namespace {} is being deleted, and everything in it", cx.view.namespace()),
    ))
}
