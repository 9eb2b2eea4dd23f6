//! `route/ref-permission-unseen`: whether the backend may be used is not known.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendContext;
use crate::resolve::gateway::grants::Permission;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/ref-permission-unseen",
    segment: SegmentName::Reference,
    title: "Whether the backend may be used is not known",
    explanation: "The backend is in another namespace, and the ReferenceGrants of that namespace were not read. \
                  Nothing is claimed where the controller says, for the present spec, that all references are \
                  resolved.",
    example: "A cross-namespace backendRef in a dump without ReferenceGrants.",
    sources: &["Gateway API reference: ReferenceGrant"],
});

/// For a reference whose grants were not read, unless a controller resolved it.
pub(super) fn check(cx: &BackendContext<'_, '_>, segment: &mut Segment) {
    let Permission::Unknown(gap) = &cx.target.permission else { return };
    if cx.resolved {
        return;
    }
    let &BackendContext { route, rule, index, target, .. } = cx;
    segment.add(
        DOC.finding(
            gap,
            route.object(),
            format!(
                "whether {} {} may use {} is not known: the ReferenceGrants of namespace {} were not read",
                route.kind.word(),
                route.metadata.name,
                target.describe(),
                target.namespace
            ),
        )
        .next(
            "Look for a ReferenceGrant in the namespace of the backend.",
            command::list("referencegrants", &target.namespace),
        )
        .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "namespace"]),
    );
}
