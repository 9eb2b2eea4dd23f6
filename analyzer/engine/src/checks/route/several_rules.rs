//! `route/several-rules`: several rules without anything to tell them apart.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::RuleContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;
use kubereach_model::snapshot::model::RouteKind;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
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

/// For a route of layer 4 with several rules, unless a controller accepted it.
pub(super) fn check(cx: &RuleContext<'_, '_>, segment: &mut Segment) {
    let route = cx.route;
    let of_layer_4 = matches!(route.kind, RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp);
    if cx.accepted || !of_layer_4 || route.spec.rules.len() < 2 {
        return;
    }
    let gap = Gap::investigate(
        "which rule takes a connection is not known",
        "rules of this kind have no matches and implementations differ",
    );
    segment.add(
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
        .next("Put all backends into one rule.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "rules"]),
    );
}
