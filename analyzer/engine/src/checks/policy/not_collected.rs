//! `policy/not-collected`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::policy::Unread;
use kubereach_model::evidence::{Assumes, Assumption, CheckDoc, MayBeInTheWay, Obstacle, Text};

/// Its catalogue entry.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "policy/not-collected",
    segment: SegmentName::Policy,
    title: "Network policies were not read",
    explanation: "The snapshot of a running cluster does not hold the policies of this kind that could select the \
                  pods, or not all of them. A policy takes traffic away only if it exists and says so, so the path \
                  is taken to be open as far as was read, and the report says so once for all subjects. Policies \
                  that were read prove nothing then: another one may admit whom these do not. An empty list that \
                  was collected counts as read. Manifests are not affected: what they do not hold was not declared.",
    example: "A dump of Services and pods made by kubectl get all, which leaves NetworkPolicies out.",
    sources: &["networking.k8s.io/v1 NetworkPolicy", "https://network-policy-api.sigs.k8s.io/"],
});

/// For a path that ends at `object`.
pub fn assumption(unread: &Unread, object: &ObjectRef) -> Assumption {
    let obstacle = Obstacle::new(MayBeInTheWay::Policies(&unread.kind, unread.system), unread.gap.clone());
    let scope = match &unread.namespace {
        Some(namespace) => format!("namespace {namespace}"),
        None => "the cluster".to_owned(),
    };
    let kind = &unread.kind.kind;
    let message =
        format!("the {kind} objects of {scope} were not all collected: one that was not may turn traffic away");
    DOC.assumption(obstacle, object.clone(), message)
        .within(unread.namespace.as_deref())
        .could("turn this traffic away")
        .read_by(unread.reading())
}
