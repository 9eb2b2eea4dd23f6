//! `policy/not-collected`

use kubereach_reports::report::SegmentName;

use crate::evidence::{Clouds, Page, Text};

/// The page.
pub static PAGE: Page<Clouds> = Page::new(Text {
    code: "policy/not-collected",
    segment: SegmentName::Policy,
    title: "Network policies were not read",
    explanation: "The snapshot does not hold the network policies of this namespace, or not all of them. A policy that was not read may turn everybody away, so an open path cannot be claimed. Manifests are not affected: what they do not hold was not declared.",
    example: "A dump of Services and pods without networkpolicies.",
    sources: &["networking.k8s.io/v1 NetworkPolicy"],
});
