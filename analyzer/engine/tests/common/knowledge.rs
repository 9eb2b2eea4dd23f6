//! Less knowledge is never more certain: what two judgements are compared by.

use std::collections::BTreeMap;

use kubereach_engine::{Filter, judge_snapshot};
use kubereach_model::snapshot::Snapshot;
use kubereach_reports::report::Verdict;

/// What is said of a subject.
pub(crate) struct Said {
    pub(crate) verdict: Verdict,
    /// Two collections contradict each other about it.
    pub(crate) contradicted: bool,
    /// The kinds that were not read and on which the verdict rests.
    pub(crate) assumed: Vec<String>,
}

/// What is said of every subject.
pub(crate) fn verdicts(snapshot: &Snapshot) -> BTreeMap<String, Said> {
    const CONTRADICTIONS: [&str; 7] = [
        "endpoints/not-consistent",
        "endpoints/stale-target",
        "endpoints/address-mismatch",
        "endpoints/too-young",
        // The list of classes says that nobody serves it, the published address says that somebody does.
        "ingress/class-missing-but-served",
        "gateway/class-gone",
        // Who was refused a list knows that the API has the kind; who never asked does not.
        "gateway/routes-unseen",
    ];
    judge_snapshot(snapshot, &Filter::default())
        .into_iter()
        .map(|judged| {
            let segments = judged.subject.paths.iter().flat_map(|p| &p.segments);
            let contradicted = segments.flat_map(|s| s.findings().to_vec()).any(|f| CONTRADICTIONS.contains(&f.code()));
            let assumed = judged.subject.assumptions().iter().map(|a| a.kind().to_owned()).collect();
            (judged.subject.object.to_string(), Said { verdict: judged.verdict, contradicted, assumed })
        })
        .collect()
}

/// Is a verdict better than another, or more certain?
pub(crate) fn is_better(now: Verdict, was: Verdict) -> bool {
    matches!(
        (was, now),
        (Verdict::Unknown, Verdict::ConfigOk | Verdict::Degraded | Verdict::Broken)
            | (Verdict::Broken | Verdict::Degraded, Verdict::ConfigOk)
    )
}

/// Kinds that most judgements ask for.
pub(crate) const KINDS: [(&str, &str); 10] = [
    ("networking.k8s.io", "NetworkPolicy"),
    ("", "Pod"),
    ("", "Service"),
    ("", "Endpoints"),
    ("", "Secret"),
    ("discovery.k8s.io", "EndpointSlice"),
    ("apps", "Deployment"),
    ("networking.k8s.io", "IngressClass"),
    ("gateway.networking.k8s.io", "Gateway"),
    ("gateway.networking.k8s.io", "GatewayClass"),
];
