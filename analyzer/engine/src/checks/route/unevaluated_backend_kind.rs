//! `route/unevaluated-backend-kind`: the backend is of a kind that is not evaluated.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendContext;
use crate::resolve::route::backend::Named;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text, command};
use kubereach_model::field;
use kubereach_model::snapshot::Gap;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "route/unevaluated-backend-kind",
    segment: SegmentName::Reference,
    title: "The backend is of a kind that is not evaluated",
    explanation: "ServiceImport, InferencePool and kinds of implementations may be backends. Whether the controller \
                  knows the kind, and what lies behind, is not evaluated; one that does not know it treats the \
                  reference as invalid.",
    example: "backendRefs: [{group: multicluster.x-k8s.io, kind: ServiceImport, name: api, port: 80}]",
    sources: &["Gateway API reference: BackendObjectReference.kind"],
});

/// For a backend of such a kind.
pub(super) fn check(cx: &BackendContext<'_, '_>, segment: &mut Segment) {
    if !matches!(cx.target.named, Named::ThirdParty) {
        return;
    }
    let &BackendContext { route, rule, index, target, .. } = cx;
    let kind = command::cut(&target.kind);
    let gap = Gap::investigate(
        format!("backends of kind {kind} are not evaluated"),
        "their meaning is specific to an extension or implementation",
    );
    segment.add(
        DOC.finding(
            &gap,
            route.object(),
            format!(
                "{} {} sends requests to {kind} {}, which is not evaluated",
                route.kind.word(),
                route.metadata.name,
                target.name
            ),
        )
        .next("Look at the ResolvedRefs condition of the route.", command::describe(&route.object()))
        .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "kind"]),
    );
}
