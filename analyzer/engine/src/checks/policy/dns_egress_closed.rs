//! `policy/dns-egress-closed`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "policy/dns-egress-closed",
    segment: SegmentName::Policy,
    title: "The pods may not ask the cluster's DNS",
    explanation: "The pods behind this port are isolated for outgoing traffic and no rule lets them reach the cluster's DNS pods, neither by UDP nor by TCP, on the port those pods listen on. If policies are enforced, names do not resolve (queries time out). Not raised where a node-local cache may answer, or where it cannot be told.",
    example: "An egress rule to a database and none to kube-system.",
    sources: &["networking.k8s.io/v1 NetworkPolicy", "RFC 7766"],
});
