//! `route/redirect-only`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Route;

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/redirect-only",
    segment: SegmentName::Rule,
    title: "The rule answers with a redirect",
    explanation: "A rule with a RequestRedirect filter needs no backend: the gateway answers by itself. Where the \
                  redirect leads is not followed.",
    example: "rules: [{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}]",
    sources: &["Gateway API reference: HTTPRequestRedirectFilter"],
});

/// For the rule at `index`.
pub fn finding(route: Found<'_, Route>, index: usize) -> Finding {
    DOC.finding(route.object(), format!("rule {} answers with a redirect and needs no backend", index + 1))
}
