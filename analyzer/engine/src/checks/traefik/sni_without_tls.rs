//! `traefik/sni-without-tls`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use crate::resolve::traefik::objects::Takes;
use crate::resolve::traefik::shape::branches;
use kubereach_model::evidence::{CheckDoc, Narrows, Segment, Text};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Narrows> = CheckDoc::new(Text {
    code: "traefik/sni-without-tls",
    segment: SegmentName::Rule,
    title: "A route for a server name that does not speak TLS",
    explanation: "HostSNI compares the server name of a TLS handshake. On a route without tls there is none: Traefik \
                  logs an error and does not serve the route, unless the rule takes every name with HostSNI(`*`). Old \
                  versions took the name from the handshake of a client all the same, so less is said than that it is \
                  down.",
    example: "match: HostSNI(`db.example`)   # and no spec.tls",
    sources: &["traefik/traefik pkg/server/router/tcp/manager.go (has HostSNI matcher, but no TLS on router)"],
});

/// Adds it for a rule that asks for a name.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    let (Ok(rule), Some(spec)) = (cx.rule, cx.of.spec()) else { return };
    if cx.takes() != Takes::Tcp || spec.tls.is_some() {
        return;
    }
    let Some(host) = branches(rule).unwrap_or_default().into_iter().find_map(|branch| branch.host) else { return };
    let proof = cx
        .of
        .entry
        .found
        .shows(format!("route {} asks for the server name {host}, and there is no spec.tls", cx.index + 1));
    let message =
        format!("{} asks for a server name and does not speak TLS: Traefik refuses it", words::brief(&cx.title()));
    let finding = DOC.finding(&proof, cx.of.object(), message);
    let finding = finding.cause("Only a TLS handshake tells the server name before a connection is passed on.");
    let finding = cx.of.at(finding, field!["spec", "routes", cx.index, "match"]);
    segment.add(
        finding
            .next("Add spec.tls (passthrough: true for TLS of the backend), or take HostSNI(`*`).", words::get(cx.of)),
    );
}
