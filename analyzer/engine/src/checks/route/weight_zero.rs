//! `route/weight-zero`

use kubereach_reports::report::SegmentName;

use crate::resolve::route::backend::Target;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Route;

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/weight-zero",
    segment: SegmentName::Reference,
    title: "The backend has weight 0",
    explanation: "The backend is taken out on purpose while others of the rule carry the traffic. It is shown and does \
                  not count.",
    example: "backendRefs: [{name: new, weight: 0}, {name: old, weight: 1}]",
    sources: &["Gateway API reference: BackendRef.weight"],
});

/// For a backend beside carrying ones.
pub fn finding(route: Found<'_, Route>, target: &Target<'_>) -> Finding {
    DOC.finding(route.object(), format!("{} has weight 0 and gets no traffic by intention", target.describe()))
}
