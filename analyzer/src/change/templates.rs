//! Pod templates that a change sets otherwise in fields which the slim model leaves out: environment, commands,
//! resources, security contexts. Any of them rolls the pods.
//!
//! The manifest and the live object are read once more, whole. The manifest decides every field that it speaks
//! of; what only the live object has was filled in by the API server and says nothing. Where a value was masked
//! or left out by a collector nothing is known of it, and nothing follows.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::apply::Key;
use crate::intake::Intake;
use crate::snapshot::{Snapshot, is_masked};

/// Deeper than any pod template.
const DEPTH: usize = 32;

/// The workloads of both whose templates differ in something that the manifest says.
pub(super) fn unlike(base: &Intake, before: &Snapshot, change: &Intake, manifests: &Snapshot) -> BTreeSet<Key> {
    let both: Vec<(Key, u32, u32)> = manifests
        .workloads
        .iter()
        .filter_map(|new| {
            let (kind, meta) = (new.kind, &new.metadata);
            let live = before.workload(kind, &meta.namespace, &meta.name).found()?;
            Some(((kind.group_kind(), meta.namespace.clone(), meta.name.clone()), live.origin, new.origin))
        })
        .collect();
    let old = base.whole(&both.iter().map(|(_, old, _)| *old).collect::<Vec<_>>());
    let new = change.whole(&both.iter().map(|(.., new)| *new).collect::<Vec<_>>());
    let differ = both.iter().zip(old.iter().zip(&new)).filter(|(_, (old, new))| match (old, new) {
        (Some(old), Some(new)) => match (template(old), template(new)) {
            (Some(old), Some(new)) => says_otherwise(new, Some(old), DEPTH),
            _ => false,
        },
        _ => false,
    });
    differ.map(|((key, ..), _)| key.clone()).collect()
}

/// What a pod template runs.
fn template(object: &Value) -> Option<&Value> {
    object.pointer("/spec/template/spec").or_else(|| object.pointer("/spec/jobTemplate/spec/template/spec"))
}

/// Does `new` say anything that `live` does not?
fn says_otherwise(new: &Value, live: Option<&Value>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match (new, live.unwrap_or(&Value::Null)) {
        (_, Value::String(text)) if is_masked(text) => false,
        (Value::Object(new), Value::Object(live)) => new.iter().any(|(key, value)| match key.as_str() {
            // A cleaned snapshot keeps the name of a variable and drops its value.
            "value" if !live.contains_key("value") && is_variable(live) => false,
            "limits" | "requests" => amounts_differ(value, live.get(key)),
            _ => says_otherwise(value, live.get(key), depth),
        }),
        (Value::Array(new), Value::Array(live)) => {
            new.len() != live.len()
                || new.iter().enumerate().any(|(n, item)| says_otherwise(item, partner(item, n, live), depth))
        }
        (Value::Object(_) | Value::Array(_), Value::Null) => !is_empty(new),
        (new, Value::Null) => !is_empty(new),
        (new, live) => text(new) != text(live),
    }
}

/// `env: [{name: A, valueFrom: …}]` has no value either, and is another variable.
fn is_variable(entry: &Map<String, Value>) -> bool {
    entry.contains_key("name") && !entry.contains_key("valueFrom")
}

/// The live item that an item stands for: of the same name where items have names, else in the same place.
fn partner<'l>(item: &Value, place: usize, live: &'l [Value]) -> Option<&'l Value> {
    match item.get("name") {
        Some(name) => live.iter().find(|other| other.get("name") == Some(name)),
        None => live.get(place),
    }
}

/// What the API server leaves out when it writes an object down.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(is_empty),
    }
}

/// A scalar as it is written, whatever its type: `"8080"` and `8080` are one to whoever compares templates.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Quantities are compared by what they amount to: the API server writes `1000m` as `1`.
fn amounts_differ(new: &Value, live: Option<&Value>) -> bool {
    let (Some(new), live) = (new.as_object(), live.and_then(Value::as_object)) else { return !is_empty(new) };
    new.iter().any(|(resource, amount)| match live.and_then(|live| live.get(resource)) {
        None => true,
        Some(live) => match (text(amount), text(live)) {
            (Some(a), Some(b)) => a != b && quantity(&a) != quantity(&b),
            (a, b) => a != b,
        },
    })
}

/// A quantity of the API as `(digits, power of ten, power of two)` without zeros at the end
/// (apimachinery `resource.Quantity`: a decimal number with a suffix, or an exponent).
fn quantity(text: &str) -> Option<(i128, i32, u32)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(end)?;
    let (ten, two) = match suffix {
        "n" => (-9, 0),
        "u" => (-6, 0),
        "m" => (-3, 0),
        "" => (0, 0),
        "k" => (3, 0),
        "M" => (6, 0),
        "G" => (9, 0),
        "T" => (12, 0),
        "P" => (15, 0),
        "E" => (18, 0),
        "Ki" => (0, 10),
        "Mi" => (0, 20),
        "Gi" => (0, 30),
        "Ti" => (0, 40),
        "Pi" => (0, 50),
        "Ei" => (0, 60),
        other => (other.strip_prefix(['e', 'E'])?.parse::<i8>().ok()?.into(), 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let mut ten: i32 = ten - i32::try_from(fraction.len()).ok()?;
    // One form for one amount: powers of two go into the digits where they fit.
    let mut two: u32 = two;
    while two > 0 && digits != 0 {
        let Some(more) = digits.checked_mul(2) else { break };
        (digits, two) = (more, two - 1);
    }
    while digits != 0 && digits % 10 == 0 {
        (digits, ten) = (digits / 10, ten + 1);
    }
    if digits == 0 { Some((0, 0, 0)) } else { Some((digits, ten, two)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{DEPTH, Value, quantity, says_otherwise};

    fn differs(new: Value, live: Value) -> bool {
        says_otherwise(&new, Some(&live), DEPTH)
    }

    #[test]
    fn amounts_that_are_one_are_one() {
        for (a, b) in [
            ("500m", "0.5"),
            ("1", "1000m"),
            ("1Gi", "1024Mi"),
            ("0.5Gi", "512Mi"),
            ("1e3", "1k"),
            ("1E3", "1000"),
            ("1E", "1e18"),
            ("0", "0m"),
            ("100M", "100000k"),
            ("1.50", "1500m"),
        ] {
            assert_eq!(quantity(a), quantity(b), "{a} {b}");
        }
        for (a, b) in [("500m", "5"), ("1Gi", "1G"), ("1Mi", "1M"), ("2", "3")] {
            assert_ne!(quantity(a), quantity(b), "{a} {b}");
        }
        assert_eq!(quantity("lots"), None);
    }

    #[test]
    fn what_the_manifest_says_counts_and_what_was_filled_in_does_not() {
        let live = json!({
            "containers": [{"name": "app", "image": "a:1", "imagePullPolicy": "Always",
                "args": ["-v"], "env": [{"name": "A", "value": "1"}],
                "resources": {"limits": {"cpu": "500m"}}}],
            "dnsPolicy": "ClusterFirst", "terminationGracePeriodSeconds": 30, "securityContext": {},
        });
        let same = json!({
            "containers": [{"name": "app", "image": "a:1", "args": ["-v"], "env": [{"name": "A", "value": "1"}],
                "resources": {"limits": {"cpu": "0.5"}, "requests": {}}, "tty": false}],
            "securityContext": {"runAsNonRoot": null}, "initContainers": [],
        });
        assert!(!differs(same, live.clone()));
        let container = |field: &str, value: Value| json!({"containers": [{"name": "app", field: value}]});
        for (field, value) in [
            ("args", json!(["-v", "-v"])),
            ("args", json!(["-q"])),
            ("command", json!(["/bin/app"])),
            ("env", json!([{"name": "A", "value": "2"}])),
            ("env", json!([{"name": "A", "value": "1"}, {"name": "B", "value": "1"}])),
            ("env", json!([])),
            ("resources", json!({"limits": {"cpu": "2"}})),
            ("resources", json!({"limits": {"memory": "1Gi"}})),
            ("tty", json!(true)),
        ] {
            assert!(differs(container(field, value.clone()), live.clone()), "{field}: {value}");
        }
        assert!(differs(json!({"terminationGracePeriodSeconds": 60}), live));
    }

    #[test]
    fn what_a_collector_hid_says_nothing() {
        let cleaned = json!({"env": [{"name": "A"}, {"name": "B", "value": "***HIDDEN***"}]});
        let manifest = json!({"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]});
        assert!(!differs(manifest, cleaned));
        let referred = json!({"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]});
        assert!(differs(json!({"env": [{"name": "A", "value": "1"}]}), referred));
    }
}
