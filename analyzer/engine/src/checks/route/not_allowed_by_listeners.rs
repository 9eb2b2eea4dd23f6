//! `route/not-allowed-by-listeners`: no listener of the parent takes the route.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::ParentContext;
use crate::resolve::route::attach::Refusal;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
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

/// For listeners none of which takes routes of this kind or of this namespace.
pub(super) fn check(cx: &ParentContext<'_, '_>, segment: &mut Segment) {
    let (fact, why) = match cx.link.refusal {
        Some(Refusal::Kind) => kind_refused(cx),
        Some(Refusal::Namespace) => namespace_refused(cx),
        Some(Refusal::NoMatchingParent | Refusal::Hostname) | None => return,
    };
    let (route, index, parent) = (cx.route, cx.link.index, cx.object());
    let proof = cx.shows(fact);
    segment.add(
        DOC.finding(
            &proof,
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
        .next(
            "Allow the route in allowedRoutes of the listener, or attach it elsewhere.",
            command::get(&parent, "-o yaml"),
        )
        .at(route.origin, field!["spec", "parentRefs", index])
        .relates(parent.clone(), "the parent that does not take it"),
    );
}

/// What the listeners show, and what that means for the route.
fn kind_refused(cx: &ParentContext<'_, '_>) -> (String, String) {
    let protocols: Vec<&str> = cx.chosen().map(|l| l.spec.protocol.as_str()).take(4).collect();
    let fact = format!("its listeners ({}) do not take {}", protocols.join(", "), cx.route.kind.word());
    (fact.clone(), fact)
}

/// What the listeners show, and what that means for the route.
fn namespace_refused(cx: &ParentContext<'_, '_>) -> (String, String) {
    let from = cx
        .chosen()
        .find_map(|l| l.spec.allowed_routes.as_ref()?.namespaces.as_ref()?.from.clone())
        .unwrap_or_else(|| "Same".to_owned());
    let namespace = &cx.route.metadata.namespace;
    let why = match from.as_str() {
        "Same" => format!("the listener takes only routes of its own namespace, and the route is in {namespace}"),
        "Selector" => format!("the listener selects namespaces by label, and {namespace} is not selected"),
        _ => format!("the listener's setting ({from}) does not include namespace {namespace}"),
    };
    (format!("allowedRoutes.namespaces.from is {from}"), why)
}
