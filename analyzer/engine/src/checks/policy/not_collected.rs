//! `policy/not-collected`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::policy::Unread;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Inconclusive, Text};
use kubereach_model::snapshot::Gap;

/// Its catalogue entry.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "policy/not-collected",
    segment: SegmentName::Policy,
    title: "Network policies were not read",
    explanation: "The snapshot of a running cluster does not hold the network policies of this namespace, or not all \
                  of them. A policy that was not read may turn everybody away, so it cannot be said that traffic \
                  gets through; a policy that was read proves nothing either, since another one may admit what it \
                  does not. An empty list that was collected counts as read. Manifests are not affected: what they \
                  do not hold was not declared, and their evidence says so.",
    example: "A dump of Services and pods made by kubectl get all, which leaves NetworkPolicies out.",
    sources: &["networking.k8s.io/v1 NetworkPolicy", "https://network-policy-api.sigs.k8s.io/"],
});

/// For a path that ends at `service`.
pub fn finding(unread: &Unread, service: &ObjectRef) -> Finding {
    let namespace = service.namespace.as_deref().unwrap_or_default();
    let kind = &unread.kind.kind;
    let gap = Gap::investigate(format!("whether a {kind} that was not read turns traffic away"), unread.gap.sentence());
    let (message, what) = match &**kind {
        "NetworkPolicy" => (
            format!(
                "the NetworkPolicies of namespace {namespace} were not all collected: one that was not may turn traffic away"
            ),
            format!("{} -o yaml", command::list("networkpolicies.networking.k8s.io", namespace)),
        ),
        kind => (
            format!("the {kind} objects of the cluster were not all collected: one that was not may turn traffic away"),
            format!("kubectl get {}.{} -o yaml", kind.to_ascii_lowercase(), unread.kind.group),
        ),
    };
    DOC.finding(&gap, service.clone(), message)
        .cause(unread.gap.sentence())
        .next("Collect the policies as well and give both files to kubereach.", what)
}
