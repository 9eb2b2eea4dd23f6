//! `traefik/invalid-rule`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use crate::resolve::traefik::objects::Takes;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/invalid-rule",
    segment: SegmentName::Rule,
    title: "Traefik does not take the rule",
    explanation: "A rule that Traefik cannot read, of a matcher that it does not know, or with arguments that the \
                  matcher does not take, is logged as an error, and the route is left out: requests get 404, \
                  connections are closed. Which language counts follows from the route's syntax and the version of \
                  Traefik; where neither is known, a rule that is right in one of them is taken as right.",
    example: "match: Host(`shop.example`) && Path(cart)",
    sources: &["traefik/traefik pkg/rules/parser.go", "traefik/traefik pkg/muxer/http/matcher.go"],
});

/// Adds it for a route whose rule is none.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let Err(why) = cx.rule else { return };
    if cx.takes() == Takes::Udp {
        return;
    }
    let text = words::brief(&cx.route.rule);
    let proof = cx.of.entry.found.shows(format!("route {} has the rule '{text}'", cx.index + 1));
    let message = format!("Traefik does not take {}: {}", words::brief(&cx.title()), words::brief(why));
    let finding = DOC.finding(&proof, cx.of.object(), message);
    let finding = cx.of.at(finding, field!["spec", "routes", cx.index, "match"]);
    segment.add(finding.next("Correct the rule.", words::get(cx.of)));
}
