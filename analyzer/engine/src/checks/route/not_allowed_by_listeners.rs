//! `route/not-allowed-by-listeners`

use kubereach_reports::report::{ObjectRef, SegmentName};

use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::Route;
use kubereach_model::snapshot::{Found, Proof};

/// The page.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/not-allowed-by-listeners",
    segment: SegmentName::Rule,
    title: "No listener of the parent takes the route",
    explanation: "Listeners take routes only of the namespaces they allow (by default their own), and only of the \
                  kinds that fit their protocol and their allowedRoutes. None of the chosen listeners takes this \
                  route.",
    example: "\
An HTTPRoute in shop for a Gateway in infra whose listener leaves allowedRoutes at its default (Same).",
    sources: &["Gateway API reference: AllowedRoutes"],
});

/// For the parentRef at `index`; `why` is a sentence about the listeners.
pub fn finding(route: Found<'_, Route>, index: usize, parent: &ObjectRef, why: &str, proof: &Proof) -> Finding {
    DOC.finding(
        proof,
        route.object(),
        format!(
            "{} {}/{} does not let {} {} of namespace {} attach",
            parent.kind,
            parent.namespace.as_deref().unwrap_or_default(),
            parent.name,
            route.kind.word(),
            route.metadata.name,
            route.metadata.namespace
        ),
    )
    .cause(why)
    .next("allow the route in allowedRoutes of the listener, or attach it elsewhere", command::get(parent, "-o yaml"))
    .at(route.origin, field!["spec", "parentRefs", index])
    .relates(parent.clone(), "the parent that does not take it")
}
