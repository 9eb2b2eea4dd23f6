//! `route/weight-zero`

use kubereach_reports::report::SegmentName;

use crate::evidence::{Finding, Notes, Page, Text};
use crate::paths::route::backend::Target;
use crate::snapshot::Found;
use crate::snapshot::model::Route;

/// The page.
pub static PAGE: Page<Notes> = Page::new(Text {
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
    PAGE.finding(route.object(), format!("{} has weight 0 and gets no traffic by intention", target.describe()))
}
