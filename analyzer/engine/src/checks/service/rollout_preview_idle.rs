//! `service/rollout-preview-idle`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{AtRest, Context};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "service/rollout-preview-idle",
    segment: SegmentName::Endpoints,
    title: "A preview or canary Service is not in use",
    explanation: "The Service selects one generation of a Rollout by its hash, and that generation has no pods \
         while nothing is being rolled out. Preview and canary Services look like this between roll- \
         outs; they carry nothing on purpose.",
    example: "A Service whose selector holds rollouts-pod-template-hash of a ReplicaSet with 0 replicas.",
    sources: &["Argo Rollouts: traffic management, blue-green strategy"],
});

/// The generation it selects has no pods, and its Rollout runs another one.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let rest @ AtRest::UnusedPreview(_) = cx.at_rest()? else { return None };
    Some(DOC.finding(cx.object(), rest.reason()))
}
