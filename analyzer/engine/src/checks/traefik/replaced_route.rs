//! `traefik/replaced-route`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use crate::resolve::traefik::objects::{Route, Takes};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::lenient::PortRef;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/replaced-route",
    segment: SegmentName::Rule,
    title: "A later route of the same object has the same rule",
    explanation: "Traefik names a route after its IngressRoute and its rule. Of two routes of one object with the same \
                  rule the later one therefore takes the place of the earlier one, which is never asked.",
    example: "routes:\n- {match: Host(`a`), services: [{name: old, port: 80}]}\n\
              - {match: Host(`a`), services: [{name: new, port: 80}]}",
    sources: &["traefik/traefik pkg/provider/kubernetes/crd/kubernetes.go makeServiceKey"],
});

/// Adds it for the earlier of two.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    if cx.takes() == Takes::Udp || cx.route.rule.is_empty() {
        return;
    }
    let Some(spec) = cx.of.spec() else { return };
    let mut routes = spec.routes.iter().enumerate().skip(cx.index + 1);
    let Some((later, other)) = routes.rfind(|(_, route)| route.rule == cx.route.rule) else { return };
    // One that leads to the same loses nothing.
    let named = |route: &Route| -> Vec<(String, String, Option<PortRef>)> {
        let services = route.services.iter();
        services.map(|service| (service.namespace.clone(), service.name.clone(), service.port.clone())).collect()
    };
    if named(other) == named(cx.route) {
        return;
    }
    let proof = cx.of.entry.found.shows(format!("routes {} and {} have the same rule", cx.index + 1, later + 1));
    let message = format!("route {} has the same rule and takes the place of this one", later + 1);
    let finding = cx.of.at(DOC.finding(&proof, cx.of.object(), message), field!["spec", "routes", cx.index, "match"]);
    segment.add(finding.next("Keep one of the two.", words::get(cx.of)));
}
