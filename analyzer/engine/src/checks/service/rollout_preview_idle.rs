//! `service/rollout-preview-idle`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::Context;
use crate::resolve::service::Zero;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// The page.
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
    let Zero::UnusedPreview(rollout) = &cx.view.backing.zero else { return None };
    (cx.behind.counts.ready == 0).then(|| {
        DOC.finding(
            cx.object(),
            format!("it selects a generation of Rollout {rollout} that has no pods; nothing is being rolled out"),
        )
    })
}
