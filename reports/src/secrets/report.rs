//! A report without what lets somebody in: the same library for whatever was read, a cluster or a file.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::mask;
use crate::report::Report;

/// Fields that are names, places and words of ours: nothing in them is free text.
#[rustfmt::skip]
const KEPT: &[&str] = &[
    "id", "path", "name", "namespace", "kind", "group", "cluster", "fingerprint", "schema", "version", "digest", "plan",
    "code", "entry", "host", "hosts", "listener", "place", "template", "field", "findings", "assumptions", "tool",
    "taken_at", "started_at", "finished_at", "at", "object", "layout", "before", "after", "config",
];

/// Takes them out of every free text.
pub fn clean(report: &mut Report) {
    report.subjects.iter_mut().for_each(clean_one);
    report.findings.iter_mut().for_each(clean_one);
    clean_rest(report);
}

/// The same of what is neither a subject nor a finding, for whoever cleans those side by side.
pub fn clean_rest(report: &mut Report) {
    let subjects = std::mem::take(&mut report.subjects);
    let findings = std::mem::take(&mut report.findings);
    clean_one(report);
    report.subjects = subjects;
    report.findings = findings;
}

/// One part of a report. What is not changed is not written back.
pub fn clean_one<T: Serialize + DeserializeOwned>(item: &mut T) {
    let Ok(mut value) = serde_json::to_value(&*item) else { return };
    if walk(&mut value)
        && let Ok(cleaned) = serde_json::from_value(value)
    {
        *item = cleaned;
    }
}

fn walk(value: &mut Value) -> bool {
    match value {
        Value::String(text) => match mask(text) {
            Some(masked) => {
                *text = masked;
                true
            }
            None => false,
        },
        Value::Array(items) => items.iter_mut().fold(false, |changed, item| walk(item) | changed),
        Value::Object(map) => map
            .iter_mut()
            .filter(|(key, _)| !KEPT.contains(&key.as_str()))
            .fold(false, |changed, (_, inner)| walk(inner) | changed),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
