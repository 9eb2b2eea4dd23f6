//! `policy/not-evaluated`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evidence::{Finding, Notes, Page, Text};

/// The page.
pub static PAGE: Page<Notes> = Page::new(Text {
    code: "policy/not-evaluated",
    segment: SegmentName::Policy,
    title: "Network policies were not evaluated",
    explanation: "Network policies decide which pods may connect to which. This version reads them but does not \
                  evaluate them, so the policy segment of every path stays unknown. It does not cloud the verdict; \
                  it is listed under what was not checked.",
    example: "Any Service with pods behind it.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// For a path that ends at `backend`.
pub fn finding(backend: &ObjectRef) -> Finding {
    PAGE.finding(backend.clone(), "whether a network policy lets traffic through was not evaluated")
}
