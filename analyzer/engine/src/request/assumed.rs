//! What an answer rests on beside what was read, in the words of the report.

use std::collections::BTreeMap;

use kubereach_reports::report::{Assumption, Effect, SegmentName};

use kubereach_model::evidence::{Finding, Path};

/// An assumption of the question itself.
pub(super) fn row(id: &str, segment: SegmentName, kind: &str, text: String, reason: String) -> Assumption {
    Assumption {
        id: id.to_owned(),
        code: String::new(),
        segment,
        kind: kind.to_owned(),
        group: None,
        namespaces: Vec::new(),
        text,
        reason,
        command: String::new(),
        could: "keep the request from being served".to_owned(),
        subjects: 0,
    }
}

/// What the specs do not say and was left out of the answer: who serves the door, at which address, and what
/// controllers report.
pub(super) fn of_paths(paths: &[&Path], reported: &[&str]) -> Vec<Assumption> {
    let mut found: BTreeMap<String, Assumption> = BTreeMap::new();
    for segment in paths.iter().flat_map(|path| &path.segments) {
        let front = matches!(segment.name, SegmentName::Address | SegmentName::Controller);
        let left_out = |f: &Finding| f.effect() != Effect::Notes && (front || reported.contains(&f.code()));
        for finding in segment.findings().iter().filter(|f| left_out(f)) {
            let id = format!("request-{}", finding.id());
            let row = row(
                &id,
                segment.name,
                &finding.object.kind,
                format!("{} is served as its specs say", finding.object),
                finding.message.clone(),
            );
            found.entry(id).or_insert(row);
        }
    }
    found.into_values().collect()
}

/// Certificates of backends are checked by the gateway, and are not in the snapshot.
pub(super) fn of_backend_tls(paths: &[&Path]) -> Vec<Assumption> {
    let mut found: BTreeMap<String, Assumption> = BTreeMap::new();
    for segment in paths.iter().flat_map(|path| &path.segments).filter(|s| s.name == SegmentName::Tls) {
        let Some(policy) = segment.object.as_ref().filter(|object| object.kind == "BackendTLSPolicy") else { continue };
        let id = format!("request-backend-tls-{policy}");
        let text = format!("the backend shows a certificate that {policy} accepts");
        let reason = "the certificates of backends show only when they are asked".to_owned();
        found.entry(id.clone()).or_insert_with(|| row(&id, SegmentName::Tls, &policy.kind, text, reason));
    }
    found.into_values().collect()
}
