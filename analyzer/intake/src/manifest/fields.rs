//! Fields that the API does not have, of another type, or that are missing, by the published schema of Kubernetes.
//!
//! `fields.txt` is written by `fields.py` from the `OpenAPI` definitions of Kubernetes 1.37 (Apache-2.0). Field validation
//! (Kubernetes, "Server-side field validation"): kubectl and Helm refuse unknown fields, other clients have them dropped.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use kubereach_model::snapshot::{Refusal, Refused, is_near};

use super::holes::is_filled_in;

/// A definition: its fields.
type Definition = BTreeMap<&'static str, Field>;

#[derive(Debug, Clone, Copy)]
struct Field {
    shape: &'static str,
    needed: bool,
}

const TEXT: &str = include_str!("fields.txt");

fn definitions() -> &'static BTreeMap<&'static str, Definition> {
    static ALL: OnceLock<BTreeMap<&'static str, Definition>> = OnceLock::new();
    ALL.get_or_init(|| {
        let field = |word: &'static str| {
            let (name, shape) = word.split_once(':')?;
            let needed = shape.ends_with('!');
            Some((name, Field { shape: shape.trim_end_matches('!'), needed }))
        };
        let line = |line: &'static str| {
            let mut words = line.split_ascii_whitespace();
            Some((words.next()?, words.filter_map(field).collect()))
        };
        TEXT.lines().filter_map(line).collect()
    })
}

/// What of an object of this kind does not fit the schema.
pub(super) fn refusals(kind: &str, object: &Value) -> Vec<Refusal> {
    let mut found = Vec::new();
    if definitions().contains_key(kind) {
        compare(kind, object, &mut Vec::new(), &mut found);
    }
    found
}

fn compare(definition: &str, value: &Value, path: &mut Vec<String>, found: &mut Vec<Refusal>) {
    let (Some(fields), Some(object)) = (definitions().get(definition), value.as_object()) else { return };
    for (key, inner) in object {
        path.push(key.clone());
        match fields.get(key.as_str()) {
            Some(field) => fits(field.shape, inner, path, found),
            None if !is_filled_in(key) => found.push(unknown(key, fields, object, path)),
            None => {}
        }
        path.pop();
    }
    for (name, _) in fields.iter().filter(|(name, field)| field.needed && is_missing(object.get(**name))) {
        // Where the name was misspelt that is said already.
        let misspelt = object.keys().any(|key| !fields.contains_key(key.as_str()) && is_slip(key, name));
        if !misspelt {
            let mut field = path.clone();
            if object.contains_key(*name) {
                field.push((*name).to_owned());
            }
            found.push(Refusal {
                field,
                what: format!("lacks {}, which is required", dotted(path, name)),
                action: format!("Write {name}."),
                // An Ingress that was stored by way of v1beta1 may have none (Ingress v1beta1: HTTPIngressPath.pathType).
                when: if *name == "pathType" { Refused::Tolerated } else { Refused::Always },
            });
        }
    }
}

fn is_missing(value: Option<&Value>) -> bool {
    value.is_none_or(|value| value.is_null() || value.as_array().is_some_and(Vec::is_empty))
}

/// A key that the definition does not have: misspelt, or of another place or version.
fn unknown(key: &str, fields: &Definition, object: &serde_json::Map<String, Value>, path: &[String]) -> Refusal {
    let meant = fields.keys().filter(|name| !object.contains_key(**name)).find(|name| is_slip(key, name));
    let parent = path.split_last().map(|(_, parent)| parent).unwrap_or_default();
    let what = format!("has a field {}, which the API does not know", dotted(parent, key));
    match meant {
        Some(meant) => Refusal {
            field: path.to_vec(),
            what: format!("{what}; did you mean {meant}?"),
            action: format!("Write {meant} instead of {key}."),
            when: Refused::Strictly,
        },
        None => Refusal {
            field: path.to_vec(),
            what,
            action: format!("Remove {key}, or put it where it belongs."),
            when: Refused::Dropped,
        },
    }
}

/// Is one word the other with a slip of the finger, whatever the case?
fn is_slip(key: &str, name: &str) -> bool {
    is_near(key, name)
}

fn fits(shape: &str, value: &Value, path: &mut Vec<String>, found: &mut Vec<Refusal>) {
    if value.is_null() || value.as_str().is_some_and(is_filled_in) {
        return;
    }
    let mut wrong = |path: &[String], wanted: &str| {
        found.push(Refusal {
            field: path.to_vec(),
            what: format!("has {} at {}, where the API takes {wanted}", shown(value), dotted(path, "")),
            action: format!("Write {wanted}."),
            when: Refused::Always,
        });
    };
    match shape.split_at_checked(1) {
        Some(("@", definition)) if value.is_object() => compare(definition, value, path, found),
        Some(("@", _)) => wrong(path, "a mapping"),
        Some(("[", inner)) => match value.as_array() {
            Some(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(index.to_string());
                    fits(inner, item, path, found);
                    path.pop();
                }
            }
            None => wrong(path, "a list"),
        },
        Some(("m", _)) => match value.as_object() {
            Some(pairs) => {
                for (key, pair) in pairs.iter().filter(|(_, pair)| !pair.is_null() && !pair.is_string()) {
                    path.push(key.clone());
                    found.push(Refusal {
                        field: path.clone(),
                        what: format!("has {} at {}, where the API takes text", shown(pair), dotted(path, "")),
                        action: "Put it in quotes.".to_owned(),
                        when: Refused::Always,
                    });
                    path.pop();
                }
            }
            None => wrong(path, "a mapping"),
        },
        Some(("s", _)) if !value.is_string() => wrong(path, "text"),
        Some(("i", _)) if !value.is_number() => wrong(path, "a number"),
        Some(("b", _)) if !value.is_boolean() && !is_old_boolean(value) => wrong(path, "true or false"),
        Some(("x", _)) if !value.is_number() && !value.is_string() => wrong(path, "a number or a name"),
        _ => {}
    }
}

/// YAML 1.1, as kubectl reads it, has more words for booleans.
fn is_old_boolean(value: &Value) -> bool {
    let words = ["yes", "no", "on", "off", "y", "n"];
    value.as_str().is_some_and(|text| words.iter().any(|word| word.eq_ignore_ascii_case(text)))
}

/// A value in words; nothing long.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().count() <= 30 => format!("the text {text:?}"),
        Value::String(_) => "a text".to_owned(),
        Value::Number(number) => format!("the number {number}"),
        Value::Bool(flag) => format!("{flag}"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
        Value::Null => "nothing".to_owned(),
    }
}

/// `spec.ports[0].port`.
pub(super) fn dotted(path: &[String], last: &str) -> String {
    let mut words = String::new();
    for step in path.iter().map(String::as_str).chain([last]).filter(|step| !step.is_empty()) {
        if step.bytes().all(|b| b.is_ascii_digit()) {
            words.push_str(&format!("[{step}]"));
        } else {
            if !words.is_empty() {
                words.push('.');
            }
            words.push_str(step);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(kind: &str, object: &Value) -> Vec<(String, Refused)> {
        refusals(kind, object).into_iter().map(|r| (dotted(&r.field, ""), r.when)).collect()
    }

    #[test]
    fn a_field_that_is_misspelt_is_refused_and_one_from_elsewhere_dropped() {
        let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
            "spec": {"selectors": {"app": "web"}, "ports": [{"port": 80, "containerPort": 8080}]}});
        assert_eq!(
            found("Service", &service),
            [
                ("spec.ports[0].containerPort".to_owned(), Refused::Dropped),
                ("spec.selectors".to_owned(), Refused::Strictly)
            ]
        );
    }

    #[test]
    fn types_are_those_of_the_schema_and_placeholders_have_any() {
        let deployment = json!({"metadata": {"name": "web", "labels": {"version": 1.2, "tier": "${TIER}"}},
            "spec": {"replicas": "2", "selector": {"matchLabels": {"app": "web"}}, "template": {"spec": {"containers": [
                {"name": "web", "ports": [{"containerPort": "8080"}, {"containerPort": "PORT"}, {"containerPort": 1}],
                 "readinessProbe": {"httpGet": {"port": "http"}}}]}}}});
        let expected =
            ["metadata.labels.version", "spec.replicas", "spec.template.spec.containers[0].ports[0].containerPort"];
        let found: Vec<String> = found("Deployment", &deployment).into_iter().map(|(field, _)| field).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_required_is_missed() {
        let ingress = json!({"spec": {"rules": [{"http": {"paths": [{"backend": {"service": {"name": "web"}}}]}}]}});
        let found = refusals("Ingress", &ingress);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found.iter().all(|r| r.what.contains("pathType")), "{found:?}");
    }
}
