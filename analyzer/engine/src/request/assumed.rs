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
