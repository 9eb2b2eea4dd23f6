//! `route/ref-not-permitted`: no ReferenceGrant allows the backend.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendContext;
use crate::resolve::gateway::grants::Permission;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/ref-not-permitted",
    segment: SegmentName::Reference,
    title: "No ReferenceGrant allows the backend",
    explanation: "The backend is in another namespace than the route. A ReferenceGrant in the namespace of the backend \
                  must allow references from this kind of route in this namespace to this kind of object. There is \
                  none, so the reference is invalid. A grant in the namespace of the route has no effect.",
    example: "\
An HTTPRoute in shop with backendRefs: [{name: db, namespace: data, port: 80}] and no ReferenceGrant in data.",
    sources: &["Gateway API reference: ReferenceGrant"],
});

/// For a reference that provably no grant allows. A grant in the wrong namespace is named.
pub(super) fn check(cx: &BackendContext<'_, '_>, segment: &mut Segment) {
    let Permission::Refused { absence, elsewhere } = &cx.target.permission else { return };
    let &BackendContext { route, rule, index, target, .. } = cx;
    let share = cx.share();
    let cause = elsewhere.as_ref().map_or_else(
        || {
            format!(
                "a route may use a {} of another namespace only if a ReferenceGrant in that namespace allows it",
                target.kind
            )
        },
        |grant| {
            format!(
                "the ReferenceGrant {} would allow it, but it is in namespace {}; it must be in {}",
                grant.name,
                grant.namespace.as_deref().unwrap_or_default(),
                target.namespace
            )
        },
    );
    segment.add(
        DOC.finding(
            &absence.proof(),
            route.object(),
            format!(
                "{} {} may not send {share} to {}: no ReferenceGrant in namespace {} allows it",
                route.kind.word(),
                route.metadata.name,
                target.describe(),
                target.namespace
            ),
        )
        .cause(cause)
        .next(
            "Create a ReferenceGrant in the namespace of the backend.",
            command::list("referencegrants", &target.namespace),
        )
        .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "namespace"]),
    );
}
