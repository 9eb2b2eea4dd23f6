//! `route/redirect-loop`: the redirect leads back to where it came from.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::MatchContext;
use crate::evaluate::gateway_api::precedence::Fate;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/redirect-loop",
    segment: SegmentName::Rule,
    title: "The redirect leads in a circle",
    explanation: "A redirect leaves scheme, host name, port and path as they are unless it names others. Every request of \
                  this match is sent to a place where the same rule, or another redirect that leads back, takes it again: \
                  clients give up and no application is ever reached. Most often a redirect to https is attached to the \
                  HTTPS listener too, because its parentRef names no listener.",
    example: "requestRedirect: {scheme: https} in a route whose parentRef has no sectionName, at a Gateway with HTTPS.",
    sources: &[
        "Gateway API reference: HTTPRequestRedirectFilter",
        "RFC 9110, section 15.4: clients detect cyclical redirects",
    ],
});

/// For a match whose redirect leads in a circle.
pub(super) fn check(cx: &MatchContext<'_, '_>, segment: &mut Segment) {
    let Fate::Circle { members, unsettled: false } = &cx.fate else { return };
    let route = cx.route;
    let proof = route.shows(format!("rule {} redirects what comes back to it", cx.rule + 1));
    segment.add(
        DOC.finding(
            &proof,
            route.object(),
            format!("the redirect of rule {} never ends for {}: {}", cx.rule + 1, command::cut(cx.text), way(members)),
        )
        .next(
            "Attach the redirect to the HTTP listener alone: name it as sectionName.",
            command::get(&route.object(), "-o yaml"),
        )
        .at(route.origin, field!["spec", "rules", cx.rule]),
    );
}

/// The members of a circle, in words.
pub(super) fn way(members: &[String]) -> String {
    match members {
        [one] => format!("{one} takes the request again"),
        several => format!("{}, and back", several.join(", then ")),
    }
}
