//! `route/all-weights-zero`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Route;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/all-weights-zero",
    segment: SegmentName::Rule,
    title: "Every backend of the rule has weight 0",
    explanation: "Weight 0 takes a backend out. If all backends of a rule have weight 0 nothing is served; which error \
                  clients see is up to the implementation.",
    example: "backendRefs: [{name: web, port: 80, weight: 0}]",
    sources: &["Gateway API reference: BackendRef.weight"],
});

/// For the rule at `index`.
pub fn finding(route: Found<'_, Route>, index: usize) -> Finding {
    let proof = route.shows(format!("every backendRef of rule {} has weight 0", index + 1));
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
    .next("give one of the backends a weight above 0", command::get(&route.object(), "-o yaml"))
    .at(route.origin, field!["spec", "rules", index, "backendRefs"])
}
