//! `route/several-rules`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Gap};

/// The page.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/several-rules",
    segment: SegmentName::Rule,
    title: "Several rules without anything to tell them apart",
    explanation: "Rules of TCPRoute, UDPRoute and TLSRoute have no matches. If there are several, nothing says which \
                  connection takes which rule; most implementations accept exactly one rule.",
    example: "\
kind: UDPRoute
spec: {rules: [{backendRefs: [...]}, {backendRefs: [...]}]}",
    sources: &["Gateway API reference: TCPRouteSpec.rules, UDPRouteSpec.rules"],
});

/// For a route of layer 4 with several rules.
pub fn finding(route: Found<'_, Route>) -> Finding {
    let gap = Gap::investigate(
        "which rule takes a connection is not known",
        "rules of this kind have no matches and implementations differ",
    );
    DOC.finding(
        &gap,
        route.object(),
        format!(
            "{} {} has {} rules and nothing that tells them apart; many controllers accept only one",
            route.kind.word(),
            route.metadata.name,
            route.spec.rules.len()
        ),
    )
    .next("put all backends into one rule", command::get(&route.object(), "-o yaml"))
    .at(route.origin, field!["spec", "rules"])
}
