//! `route/shadowed-match`: another route has the same match.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::MatchContext;
use kubereach_model::evidence::{CheckDoc, Notes, Segment, Text, command};

pub(super) static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "route/shadowed-match",
    segment: SegmentName::Rule,
    title: "Another route has the same match",
    explanation: "Two routes on one listener match exactly the same requests. Requests go to the older one, then to \
                  the one whose namespace and name come first; this one gets none of them as long as the other stands.",
    example: "Two HTTPRoutes with hostnames: [shop.example] and PathPrefix /.",
    sources: &["Gateway API reference: HTTPRouteRule.matches, precedence"],
});

/// For a match that another route takes.
pub(super) fn check(cx: &MatchContext<'_, '_>, segment: &mut Segment) {
    let Some(winner) = cx.winner else { return };
    let (route, words) = (cx.route, cx.text);
    segment.add(
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
        .next("Make one of the two more specific.", command::get(&winner.object(), "-o yaml"))
        .relates(winner.object(), "the route that takes the requests"),
    );
}
