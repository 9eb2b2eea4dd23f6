//! `ingress/terminating`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "ingress/terminating",
    segment: SegmentName::Controller,
    title: "The Ingress is being deleted",
    explanation: "The Ingress has been told to go and waits for a finalizer. Whether its hosts and paths are still \
                  served until then depends on its controller.",
    example: "metadata:\n  deletionTimestamp: \"2026-01-02T03:04:05Z\"\n  finalizers: [ingress.k8s.aws/resources]",
    sources: &["Kubernetes: finalizers"],
});

/// Adds it for an Ingress with a deletion time.
pub fn check(state: &IngressState<'_>, segment: &mut Segment) {
    let Some(since) = state.ingress.metadata.deletion_timestamp.0 else { return };
    let message = format!("this {} has been being deleted since {since}", state.ingress.kind());
    let finding = DOC.finding(state.ingress.object(), message);
    segment.add(finding.next("Find out what holds it.", words::get(state)));
}
