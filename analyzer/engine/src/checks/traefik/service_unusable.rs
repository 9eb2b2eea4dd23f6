//! `traefik/service-unusable`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::LeafContext;
use crate::resolve::traefik::leaves::Target;
use crate::resolve::traefik::objects::Takes;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::snapshot::Proof;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "traefik/service-unusable",
    segment: SegmentName::Reference,
    title: "Traefik cannot make the Service of a route",
    explanation: "The kind of the reference is neither Service nor TraefikService, its scheme is none of http, https \
                  and h2c, it asks for health checks of a Service that is no name elsewhere, or for the cluster \
                  address of a Service that has none; or a TraefikService says nothing of where it leads, or leads \
                  back to itself. Traefik logs an error and leaves the route out.",
    example: "services: [{name: cart, port: 80, healthCheck: {path: /up}}]   # a plain Service",
    sources: &[
        "traefik/traefik pkg/provider/kubernetes/crd/kubernetes_http.go loadServers",
        "traefik/traefik pkg/provider/kubernetes/crd/kubernetes.go getNativeServiceAddress",
    ],
});

/// Adds it for one Service.
pub fn check(cx: &LeafContext<'_, '_>, segment: &mut Segment) {
    let Some((proof, message)) = fault(cx) else { return };
    let finding = cx.at(DOC.finding(&proof, cx.route.of.object(), message), []);
    segment.add(finding.next("Correct the reference.", words::get(cx.route.of)));
}

fn fault(cx: &LeafContext<'_, '_>) -> Option<(Proof, String)> {
    let (leaf, http) = (cx.leaf, cx.route.takes() == Takes::Http);
    let shows = |fact: String| leaf.naming.object.shows(fact);
    let service = match &leaf.target {
        Target::UnknownKind(kind) => {
            let kind = words::brief(kind);
            return Some((shows(format!("kind: {kind}")), format!("Traefik knows no Services of kind '{kind}'")));
        }
        Target::Unusable(object, why) => {
            let why = words::brief(why);
            return Some((object.shows(why.clone()), format!("{} cannot be used: {why}", object.object())));
        }
        Target::Service(service, _) => service,
        Target::Missing(..) | Target::Unseen(..) | Target::Elsewhere => return None,
    };
    let name = words::brief(&service.metadata.name);
    let scheme = leaf.reference.scheme.as_str();
    if http && !matches!(scheme, "" | "http" | "https" | "h2c") {
        let scheme = words::brief(scheme);
        return Some((shows(format!("scheme: {scheme}")), format!("Traefik knows no scheme '{scheme}'")));
    }
    if http && leaf.reference.health_check.is_some() && !service.is_external_name() {
        let message = format!("it asks for health checks of the Service '{name}', which is no name elsewhere");
        return Some((shows("it has a healthCheck".to_owned()), message));
    }
    if leaf.reference.native_lb.0 == Some(true) && service.is_headless() && !service.is_external_name() {
        let message = format!("it asks for the cluster address of the Service '{name}', which has none");
        return Some((service.shows("it is headless"), message));
    }
    None
}
