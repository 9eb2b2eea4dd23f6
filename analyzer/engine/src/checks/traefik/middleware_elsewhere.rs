//! `traefik/middleware-elsewhere`

use kubereach_reports::report::SegmentName;

use crate::checks::traefik::words;
use crate::evaluate::traefik::RouteContext;
use crate::resolve::traefik::middlewares::What;
use crate::resolve::traefik::settings::Answer;
use kubereach_model::evidence::{Assumes, CheckDoc, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "traefik/middleware-elsewhere",
    segment: SegmentName::Rule,
    title: "Whether Traefik has a middleware or takes it is not shown",
    explanation: "A middleware of the route is of another provider of Traefik (name@provider), which no object of the \
                  cluster shows, or it or the parent is in another namespace and whether Traefik allows that was not \
                  read. In manifests Traefik is assumed to be set up for it.",
    example: "middlewares: [{name: auth@file}]",
    sources: &["Traefik documentation: Provider Namespace"],
});

/// Adds it for each of them.
pub fn check(cx: &RouteContext<'_, '_>, segment: &mut Segment) {
    const COULD: &str = "not have it or refuse it, so that the route is left out";
    let unknown =
        || matches!(cx.of.asked(crate::resolve::traefik::settings::Told::crosses_namespaces, ""), Answer::Unknown);
    for fault in &cx.middlewares.faults {
        let name = words::brief(&fault.name);
        match &fault.what {
            What::Elsewhere => {
                let message = format!("the middleware '{name}' is of another provider of Traefik");
                words::unknown(&DOC, cx.of, segment, &message, COULD);
            }
            What::Crosses(namespace) if unknown() => {
                let namespace = words::brief(namespace);
                let message =
                    format!("whether Traefik takes the middleware '{name}' of namespace {namespace} is not shown");
                words::unknown(&DOC, cx.of, segment, &message, COULD);
            }
            _ => {}
        }
    }
    let own = cx.of.entry.namespace();
    for parent in cx.of.spec().iter().flat_map(|spec| spec.parent_refs.iter()) {
        if !parent.namespace.is_empty() && parent.namespace != own && unknown() {
            let message =
                format!("whether Traefik takes a parent of namespace {} is not shown", words::brief(&parent.namespace));
            words::unknown(&DOC, cx.of, segment, &message, COULD);
        }
    }
}
