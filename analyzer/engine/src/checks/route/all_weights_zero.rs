//! `route/all-weights-zero`: every backend of the rule has weight 0.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RuleContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/all-weights-zero",
    segment: SegmentName::Rule,
    title: "Every backend of the rule has weight 0",
    explanation: "Weight 0 takes a backend out. If all backends of a rule have weight 0 nothing is served; which error \
                  clients see is up to the implementation.",
    example: "backendRefs: [{name: web, port: 80, weight: 0}]",
    sources: &["Gateway API reference: BackendRef.weight"],
});

/// For a rule that has backends and sends nothing to any.
pub(super) fn check(cx: &RuleContext<'_, '_>, segment: &mut Segment) {
    if cx.redirects() || cx.rule.backend_refs.is_empty() || cx.total_weight() > 0 {
        return;
    }
    let (route, index) = (cx.route, cx.index);
    let proof = route.shows(format!("every backendRef of rule {} has weight 0", index + 1));
    segment.add(
        DOC.finding(
            &proof,
            route.object(),
            format!(
                "every backend of rule {} of {} {} has weight 0, so none gets traffic",
                index + 1,
                route.kind.word(),
                route.metadata.name
            ),
        )
        .next("Give one of the backends a weight above 0.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "rules", index, "backendRefs"]),
    );
}
