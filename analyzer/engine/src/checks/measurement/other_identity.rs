//! `measurement/other-identity`

use kubereach_reports::report::SegmentName;

use kubereach_model::evidence::{CheckDoc, Notes, Text};

/// The page.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "measurement/other-identity",
    segment: SegmentName::Address,
    title: "The caller that failed may be refused for who it is",
    explanation: "The measuring Pod failed, and network policies that were read refuse it by its labels or \
                  namespace, or it cannot be told whether they do. Real callers may be let in, so the failure \
                  changes nothing. Measure again from a Pod with a caller's labels and namespace.",
    example: "A policy admits app=web only; the prober carries no label and times out.",
    sources: &["networking.k8s.io/v1 NetworkPolicySpec.ingress"],
});
