//! `route/shadowed-match`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Route;

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/shadowed-match",
    segment: SegmentName::Rule,
    title: "Another route has the same match",
    explanation: "Two routes on one listener match exactly the same requests. Requests go to the older one, then to \
                  the one whose namespace and name come first; this one gets none of them as long as the other stands.",
    example: "Two HTTPRoutes with hostnames: [shop.example] and PathPrefix /.",
    sources: &["Gateway API reference: HTTPRouteRule.matches, precedence"],
});

/// For a match that `winner` has too.
pub fn finding(route: Found<'_, Route>, winner: Found<'_, Route>, words: &str) -> Finding {
    DOC.finding(
        route.object(),
        format!(
            "{} {}/{} has the same match ({}) on the same listener and comes first",
            winner.kind.word(),
            winner.metadata.namespace,
            winner.metadata.name,
            command::cut(words)
        ),
    )
    .next("make one of the two more specific", command::get(&winner.object(), "-o yaml"))
    .relates(winner.object(), "the route that takes the requests")
}
