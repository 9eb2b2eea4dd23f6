//! `route/no-matching-listener-hostname`: route and listener have no host name in common.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ParentContext;
use crate::resolve::route::attach::Refusal;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/no-matching-listener-hostname",
    segment: SegmentName::Rule,
    title: "Route and listener have no host name in common",
    explanation: "Where both name hosts, a route attaches only if at least one host name is common. A wildcard stands \
                  for one or more labels, not for the domain itself: *.example.com does not cover example.com.",
    example: "hostnames: [example.com] on a listener with hostname: \"*.example.com\"",
    sources: &["Gateway API reference: HTTPRouteSpec.hostnames", "Gateway API reference: Listener.hostname"],
});

/// For listeners that take the route and are for other host names.
pub(super) fn check(cx: &ParentContext<'_, '_>, segment: &mut Segment) {
    if cx.link.refusal != Some(Refusal::Hostname) {
        return;
    }
    let (route, index, parent) = (cx.route, cx.link.index, cx.object());
    let listeners: Vec<String> = cx.chosen().filter_map(|l| l.spec.hostname.clone()).take(8).collect();
    let proof = cx.shows("its listeners are for other host names");
    let own = route.spec.hostnames.to_vec().join(", ");
    segment.add(
        DOC.finding(
            &proof,
            route.object(),
            format!(
                "{} {} serves none of the host names of {} {}",
                parent.kind,
                parent.name,
                route.kind.word(),
                route.metadata.name
            ),
        )
        .cause(format!(
            "the route asks for {}, the listeners serve {}",
            command::cut(&own),
            command::cut(&listeners.join(", "))
        ))
        .next("Make hostnames of the route and of the listener meet.", command::get(&parent, "-o yaml"))
        .at(route.origin, field!["spec", "hostnames"])
        .relates(parent.clone(), format!("the parent of parentRef {index}")),
    );
}
