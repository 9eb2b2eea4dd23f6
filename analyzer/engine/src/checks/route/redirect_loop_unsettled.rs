//! `route/redirect-loop-unsettled`: a redirect to https at an HTTPS listener of Cilium.

use kubereach_reports::report::SegmentName;

use super::redirect_loop::way;
use crate::evaluate::gateway_api::context::MatchContext;
use crate::evaluate::gateway_api::precedence::Fate;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/redirect-loop-unsettled",
    segment: SegmentName::Rule,
    title: "The redirect leads in a circle in some versions of Cilium",
    explanation: "A redirect to https stands at an HTTPS listener. By the specification it takes every request there and \
                  leads to itself. Later versions of Cilium apply it only to requests that are not https yet; earlier ones \
                  loop. Which version serves the Gateway is not looked at.",
    example: "requestRedirect: {scheme: https} in a route that stands at the HTTPS listener of a Gateway of Cilium.",
    sources: &["cilium/cilium: issue 28796, pull requests 39480 and 48540"],
});

/// For a match that such a redirect takes, or has.
pub(super) fn check(cx: &MatchContext<'_, '_>, segment: &mut Segment) {
    let message = match &cx.fate {
        Fate::Circle { members, unsettled: true } => {
            format!("the redirect of rule {} never ends in some versions of Cilium: {}", cx.rule + 1, way(members))
        }
        Fate::Spared { by } => format!(
            "{} {}/{} has the same match, comes first and redirects to https, which some versions of Cilium do not apply \
             to https requests",
            by.kind.word(),
            by.metadata.namespace,
            by.metadata.name
        ),
        _ => return,
    };
    let gap = Gap::investigate("the version of Cilium that serves the Gateway", "versions differ in such redirects");
    segment.add(DOC.finding(&gap, cx.route.object(), message).next(
        "Attach the redirect to the HTTP listener alone: name it as sectionName.",
        command::get(&cx.route.object(), "-o yaml"),
    ));
}
