//! `service/published-not-ready`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "service/published-not-ready",
    segment: SegmentName::Endpoints,
    title: "Addresses are published although no pod is ready",
    explanation: "The Service publishes the addresses of pods before they are ready, and none of them is ready \
         now. Traffic is sent to them; whether they answer cannot be told.",
    example: r"kind: Service
spec:
  publishNotReadyAddresses: true   # 0 of 3 pods ready",
    sources: &["core/v1 Service spec.publishNotReadyAddresses"],
});

/// Published, and none of them ready.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let published = cx.view.service.publishes_not_ready() && !cx.view.is_declared(cx.cluster);
    if !published || cx.situation() != Situation::Carries || cx.behind.ready().any(Context::answers) {
        return None;
    }
    let count = cx.behind.counts.ready;
    let gap =
        Gap::investigate("whether they answer", "publishNotReadyAddresses sends traffic to pods that are not ready");
    let message = if count == 1 {
        "1 address is published although its pod is not ready".to_owned()
    } else {
        format!("{count} addresses are published although none of their pods is ready")
    };
    Some(
        cx.blame(DOC.finding(&gap, cx.object(), message))
            .at(cx.view.service.origin, field!["spec", "publishNotReadyAddresses"]),
    )
}
