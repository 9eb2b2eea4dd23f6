//! `traefik/setting-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::LeafContext;
use crate::resolve::traefik::leaves::Target;
use crate::resolve::traefik::settings::Answer;
use kubereach_model::evidence::{Assumes, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "traefik/setting-unseen",
    segment: SegmentName::Reference,
    title: "Whether Traefik allows it is not shown",
    explanation: "The route names a Service of another namespace, or one that stands for a name elsewhere, or \
                  something of another provider of Traefik (name@provider). The first two are refused unless Traefik \
                  is told to allow them, the last is configured elsewhere; neither was read. In manifests Traefik is \
                  assumed to be set up for it.",
    example: "services: [{name: cart, namespace: shop, port: 80}]   # no Deployment of Traefik in the input",
    sources: &["Traefik documentation: Kubernetes CRD provider"],
});

/// Adds it for one Service.
pub fn check(cx: &LeafContext<'_, '_>, segment: &mut Segment) {
    const COULD: &str = "be set to refuse it, so that the route is left out";
    let name = words::brief(&cx.leaf.backend.name);
    let of = cx.route.of;
    if cx.leaf.crosses
        && matches!(of.asked(crate::resolve::traefik::settings::Told::crosses_namespaces, ""), Answer::Unknown)
    {
        let namespace = words::brief(&cx.leaf.backend.namespace);
        let message = format!("whether Traefik takes '{name}' of namespace {namespace} is not shown");
        words::unknown(&DOC, of, segment, &message, COULD);
    }
    match &cx.leaf.target {
        Target::Service(service, _) if service.is_external_name() => {
            if matches!(of.asked(crate::resolve::traefik::settings::Told::serves_names, ""), Answer::Unknown) {
                let message = format!("whether Traefik takes the Service '{name}', a name elsewhere, is not shown");
                words::unknown(&DOC, of, segment, &message, COULD);
            }
        }
        Target::Elsewhere if !cx.leaf.is_internal() => {
            let message = format!("'{name}' is of another provider of Traefik, which is not in the input");
            words::unknown(&DOC, of, segment, &message, "not have it, so that the route is left out");
        }
        _ => {}
    }
}
