//! `policy/dns-egress-udp-only`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/dns-egress-udp-only",
    segment: SegmentName::Policy,
    title: "The pods may ask DNS by UDP only",
    explanation: "Egress policies let the pods reach the cluster's DNS by UDP and not by TCP. Most names resolve; answers that do not fit into a datagram are truncated and asked for again by TCP, which then fails.",
    example: "ports: [{port: 53, protocol: UDP}]",
    sources: &["networking.k8s.io/v1 NetworkPolicy", "RFC 7766"],
});
