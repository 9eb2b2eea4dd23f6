//! `route/redirect-only`: the rule answers with a redirect.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RuleContext;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/redirect-only",
    segment: SegmentName::Rule,
    title: "The rule answers with a redirect",
    explanation: "A rule with a RequestRedirect filter needs no backend: the gateway answers by itself. Where the \
                  redirect leads is not followed.",
    example: "rules: [{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}]",
    sources: &["Gateway API reference: HTTPRequestRedirectFilter"],
});

/// For a rule with such a filter.
pub(super) fn check(cx: &RuleContext<'_, '_>, segment: &mut Segment) {
    if !cx.redirects() {
        return;
    }
    let (route, index) = (cx.route, cx.index);
    segment
        .add(DOC.finding(route.object(), format!("rule {} answers with a redirect and needs no backend", index + 1)));
}
