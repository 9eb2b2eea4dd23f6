//! `route/weight-zero`: the backend has weight 0.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendContext;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/weight-zero",
    segment: SegmentName::Reference,
    title: "The backend has weight 0",
    explanation: "The backend is taken out on purpose while others of the rule carry the traffic. It is shown and does \
                  not count.",
    example: "backendRefs: [{name: new, weight: 0}, {name: old, weight: 1}]",
    sources: &["Gateway API reference: BackendRef.weight"],
});

/// For a backend without weight beside others that carry the traffic.
pub(super) fn check(cx: &BackendContext<'_, '_>, segment: &mut Segment) {
    if !cx.is_taken_out() {
        return;
    }
    let (route, target) = (cx.route, cx.target);
    segment.add(
        DOC.finding(route.object(), format!("{} has weight 0 and gets no traffic by intention", target.describe())),
    );
}
