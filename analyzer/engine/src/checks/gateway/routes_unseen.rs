//! `gateway/routes-unseen`: no route is attached among those that were read, and reading others was refused.

use kubereach_reports::report::SegmentName;

use crate::evaluate::gateway_api::context::AttachedRoutesContext;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::field;

pub(super) static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "gateway/routes-unseen",
    segment: SegmentName::Rule,
    title: "The routes of a listener could not be read",
    explanation: "Nothing that was read is attached to the listener, and the API server refused whoever read the cluster \
                  a kind of route. Which requests the listener takes, and whether it takes any, cannot be told.",
    example: "A Gateway read by an identity that may not list HTTPRoutes.",
    sources: &["Gateway API reference: ListenerStatus.attachedRoutes", "Kubernetes RBAC: verb list"],
});

/// For a listener without routes where some may exist that could not be read.
pub(super) fn check(cx: &AttachedRoutesContext<'_, '_>, segment: &mut Segment) {
    let Some((kind, gap)) = cx.unread.as_ref().filter(|_| cx.attached == 0) else { return };
    let listener = cx.listener;
    segment.add(
        DOC.finding(
            gap,
            listener.owner.object(),
            format!("nothing shows which routes are attached to {}", listener.describe()),
        )
        .next(
            "Let whoever reads the cluster list the routes (docs/rbac.yaml).",
            format!("kubectl auth can-i list {} --all-namespaces", kind.to_lowercase() + "s.gateway.networking.k8s.io"),
        )
        .at(listener.owner.origin(), field!["spec", "listeners", listener.index]),
    );
}
