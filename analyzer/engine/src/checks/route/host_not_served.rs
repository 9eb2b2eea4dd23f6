//! `route/host-not-served`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Route;

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/host-not-served",
    segment: SegmentName::Rule,
    title: "One of the host names is served by no listener",
    explanation: "The route is attached, but none of its listeners covers this host name; the name is ignored. The \
                  other host names of the route are not concerned.",
    example: "hostnames: [a.example.com, b.other.com] on a listener with hostname: \"*.example.com\"",
    sources: &["Gateway API reference: HTTPRouteSpec.hostnames"],
});

/// For a host name that no parent serves.
pub fn finding(route: Found<'_, Route>, host: &str) -> Finding {
    let proof = route.shows(format!("no listener it is attached to covers {host}"));
    let index = route.spec.hostnames.iter().position(|h| h == host).unwrap_or_default();
    DOC.finding(
        &proof,
        route.object(),
        format!("no listener serves {host} for {} {}", route.kind.word(), route.metadata.name),
    )
    .cause("the listeners it is attached to are for other host names")
    .next("add a listener for the host name, or drop it from the route", command::get(&route.object(), "-o yaml"))
    .at(route.origin, field!["spec", "hostnames", index])
}
