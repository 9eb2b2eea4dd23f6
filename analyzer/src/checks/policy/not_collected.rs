//! `policy/not-collected`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::checks::command;
use crate::evidence::{Finding, Notes, Page, Text};
use crate::snapshot::Gap;

/// The page.
pub static PAGE: Page<Notes> = Page::new(Text {
    code: "policy/not-collected",
    segment: SegmentName::Policy,
    title: "Network policies were not read",
    explanation: "The snapshot does not hold the network policies of this namespace, or not all of them. A policy \
                  that was not read may turn everybody away. The segment stays unknown, is not counted in the \
                  verdict, and is listed under what was not checked: config-ok then means that nothing is wrong in \
                  what was read. Manifests are not affected: what they do not hold was not declared.",
    example: "A dump of Services and pods without networkpolicies.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});

/// For a path that ends at `service`.
pub fn finding(gap: &Gap, service: &ObjectRef) -> Finding {
    let namespace = service.namespace.as_deref().unwrap_or_default();
    PAGE.finding(service.clone(), "network policies were not all read: one that was not may turn traffic away")
        .cause(gap.sentence())
        .next("Collect the policies as well.", command::list("networkpolicy", namespace))
}
