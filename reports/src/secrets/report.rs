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
    if walk(&mut value, false)
        && let Ok(cleaned) = serde_json::from_value(value)
    {
        *item = cleaned;
    }
}

/// `kept`: the texts here, and in a list of them, are names and places.
fn walk(value: &mut Value, kept: bool) -> bool {
    match value {
        Value::String(_) if kept => false,
        Value::String(text) => match mask(text) {
            Some(masked) => {
                *text = masked;
                true
            }
            None => false,
        },
        Value::Array(items) => items.iter_mut().fold(false, |changed, item| walk(item, kept) | changed),
        Value::Object(map) => {
            map.iter_mut().fold(false, |changed, (key, inner)| walk(inner, KEPT.contains(&key.as_str())) | changed)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn free_texts_are_cleaned_wherever_they_stand_and_names_are_not() {
        let mut value = json!({"assumptions": [{"id": "aB3dE5fG7hJ9", "text": "password=hunter2"}], "path": "/tmp/aB3dE5fG7hJ9",
            "findings": ["aB3dE5fG7hJ9"], "object": {"name": "aB3dE5fG7hJ9", "note": "token=hunter2"}});
        assert!(walk(&mut value, false));
        let text = value.to_string();
        assert!(!text.contains("hunter2"), "{text}");
        assert_eq!(text.matches("aB3dE5fG7hJ9").count(), 4, "{text}");
        assert!(!walk(&mut value, false));
    }
}
