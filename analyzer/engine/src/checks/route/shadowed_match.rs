//! `route/shadowed-match`: another match takes the same requests first.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::MatchContext;
use crate::evaluate::gateway_api::precedence::Fate;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/shadowed-match",
    segment: SegmentName::Rule,
    title: "Another match takes the same requests first",
    explanation: "Two matches on one listener and host name take exactly the same requests. Of one route the first rule \
                  gets them; of several routes the oldest, then the one whose namespace and name come first. The other \
                  match gets none as long as the first stands: its path carries nothing, and is not counted.",
    example: "Two HTTPRoutes with hostnames: [shop.example] and PathPrefix /; or two rules without matches in one route.",
    sources: &["Gateway API reference: HTTPRouteRule.matches, precedence"],
});

/// For a match that another takes.
pub(super) fn check(cx: &MatchContext<'_, '_>, segment: &mut Segment) {
    let Fate::Shadowed { by, rule, own } = cx.fate else { return };
    let (route, words) = (cx.route, command::cut(cx.text));
    let first = if own {
        format!("rule {} of the same route", rule + 1)
    } else {
        format!("{} {}/{}", by.kind.word(), by.metadata.namespace, by.metadata.name)
    };
    let proof = by.shows(format!("rule {} has the same match and comes first", rule + 1));
    let finding = DOC
        .finding(
            &proof,
            route.object(),
            format!(
                "rule {} gets no request for {words}: {first} has the same match on the same listener and comes first",
                cx.rule + 1
            ),
        )
        .next("Make one of the two more specific.", command::get(&by.object(), "-o yaml"))
        .at(route.origin, field!["spec", "rules", cx.rule]);
    segment.add(if own { finding } else { finding.relates(by.object(), "the route that takes the requests") });
}
