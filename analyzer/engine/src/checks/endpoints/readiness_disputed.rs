//! `endpoints/readiness-disputed`

use kubereach_reports::report::SegmentName;

use crate::evaluate::service::context::{Context, Situation};
use crate::resolve::service::{Doubt, Truth};
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "endpoints/readiness-disputed",
    segment: SegmentName::Endpoints,
    title: "Pods and addresses disagree on some pods",
    explanation: "Some pods are listed as ready and are not, or the other way round, while other addresses are \
         ready beyond dispute. Snapshots of busy clusters look like this: the lists were read moments \
         apart.",
    example: "Three addresses are ready; the pod of one of them is not.",
    sources: &["Kubernetes endpoint slice controller"],
});

/// A disagreement that decides nothing.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    if cx.situation() != Situation::Carries
        || cx.behind.counts.undisputed == 0
        || !matches!(cx.view.truth, Truth::Slices(_))
    {
        return None;
    }
    let disputed = cx.behind.doubted(Doubt::Readiness).count();
    (disputed > 0).then(|| {
        DOC.finding(cx.object(), format!("pods and EndpointSlices disagree on the readiness of {disputed} of its pods"))
    })
}
