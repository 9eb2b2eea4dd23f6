//! `service/namespace-terminating`

use kubereach_reports::report::SegmentName;

use crate::checks::service::context::Context;
use crate::evidence::{Finding, Notes, Page, Text};
use crate::snapshot::model::Namespace;

/// The page.
pub static PAGE: Page<Notes> = Page::new(Text {
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
    let namespace = cx.world.snapshot.lookup::<Namespace>("", cx.view.namespace()).found()?;
    let phase = namespace.status.as_ref().and_then(|s| s.phase.as_deref());
    let leaving = phase == Some("Terminating") || namespace.metadata.deletion_timestamp.0.is_some();
    leaving.then(|| {
        PAGE.finding(
            namespace.object(),
            format!("namespace {} is being deleted, and everything in it", cx.view.namespace()),
        )
    })
}
