//! `route/no-matching-listener-hostname`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Proof};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/no-matching-listener-hostname",
    segment: SegmentName::Rule,
    title: "Route and listener have no host name in common",
    explanation: "Where both name hosts, a route attaches only if at least one host name is common. A wildcard stands \
                  for one or more labels, not for the domain itself: *.example.com does not cover example.com.",
    example: "hostnames: [example.com] on a listener with hostname: \"*.example.com\"",
    sources: &["Gateway API reference: HTTPRouteSpec.hostnames", "Gateway API reference: Listener.hostname"],
});

/// For the parentRef at `index`.
pub fn finding(
    route: Found<'_, Route>,
    index: usize,
    parent: &ObjectRef,
    listeners: &[String],
    proof: &Proof,
) -> Finding {
    let own = route.spec.hostnames.to_vec().join(", ");
    DOC.finding(
        proof,
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
    .next("make hostnames of the route and of the listener meet", command::get(parent, "-o yaml"))
    .at(route.origin, field!["spec", "hostnames"])
    .relates(parent.clone(), format!("the parent of parentRef {index}"))
}
