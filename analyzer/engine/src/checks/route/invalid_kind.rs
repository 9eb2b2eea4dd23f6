//! `route/invalid-kind`: the backend is of a kind that cannot be one.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::BackendContext;
use crate::resolve::route::backend::Named;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "route/invalid-kind",
    segment: SegmentName::Reference,
    title: "The backend is of a kind that cannot be one",
    explanation: "The reference names a core object other than a Service, or a workload. Routes send traffic to \
                  Services; requests that match the rule are answered with an error.",
    example: "backendRefs: [{kind: Deployment, group: apps, name: web, port: 80}]",
    sources: &["Gateway API reference: BackendObjectReference.kind"],
});

/// For a core kind or a workload.
pub(super) fn check(cx: &BackendContext<'_, '_>, segment: &mut Segment) {
    if !matches!(cx.target.named, Named::NotABackend) {
        return;
    }
    let &BackendContext { route, rule, index, target, .. } = cx;
    let share = cx.share();
    let kind = command::cut(&target.kind);
    let proof = route.shows(format!("backendRef {} of rule {} is of kind {kind}", index + 1, rule + 1));
    segment.add(
        DOC.finding(
            &proof,
            route.object(),
            format!(
                "{} {} sends {share} to a {kind}, which cannot be a backend",
                route.kind.word(),
                route.metadata.name
            ),
        )
        .cause("routes forward to Services, not to workloads or other core objects")
        .next("Put a Service in front and name that.", command::get(&route.object(), "-o yaml"))
        .at(route.origin, field!["spec", "rules", rule, "backendRefs", index, "kind"]),
    );
}
