//! Placeholders in a manifest: which of its values nothing can be told of before something fills them in.

use serde_json::Value;

use kubereach_model::snapshot::{is_masked, is_placeholder, is_word_to_fill, placeholder_in};

/// Keys below which texts are for programs and not for the API: `${X}` there is the shell's.
const FOR_PROGRAMS: [&str; 7] = ["args", "command", "env", "data", "binaryData", "annotations", "status"];

/// What the placeholders of one object are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Holes {
    /// How many values hold one.
    pub(crate) count: usize,
    /// The first of them; none of what is confidential.
    pub(crate) example: String,
    /// Its name or its namespace is one of them: of whatever name there may be one.
    pub(crate) in_name: bool,
}

/// May these bytes hold a placeholder? Most hold none, and are not looked at twice.
pub(super) fn may_be_in(bytes: &[u8]) -> bool {
    let signs: [&[u8]; 7] = [b"${", b"{{", b"ENC[", b"AGE", b"__", b"%", b"@"];
    signs.iter().any(|sign| memchr::memmem::find(bytes, sign).is_some())
        || bytes.windows(2).any(|pair| matches!(pair, [b'<', next] if *next != b'<'))
        || bytes.windows(3).any(|three| matches!(three, [b' ' | b'"' | b'\'' | b'$', b'A'..=b'Z', b'A'..=b'Z']))
}

/// Does a text stand for a value that is filled in later, or that a collector masked?
pub(super) fn is_filled_in(text: &str) -> bool {
    is_masked(text) || is_word_to_fill(text)
}

/// The placeholders of an object. `secret`: its data counts.
pub(super) fn of(object: &Value, secret: bool) -> Holes {
    let mut holes = Holes::default();
    walk(object, "", secret, &mut holes);
    let named = |key: &str| object.get("metadata").and_then(|m| m.get(key)).and_then(Value::as_str);
    holes.in_name = ["name", "namespace"].into_iter().any(|key| named(key).is_some_and(is_placeholder));
    holes
}

fn walk(value: &Value, key: &str, secret: bool, holes: &mut Holes) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                if !FOR_PROGRAMS.contains(&key.as_str()) || (secret && key == "data") {
                    walk(inner, key, secret, holes);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, key, secret, holes)),
        Value::String(text) => {
            let example = placeholder_in(text).or_else(|| {
                let number = matches!(key, "port" | "targetPort" | "nodePort" | "containerPort" | "number");
                (number && is_word_to_fill(text)).then_some(text)
            });
            if let Some(example) = example {
                holes.count += 1;
                if holes.example.is_empty() {
                    holes.example = example.chars().take(40).collect();
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_programs_read_is_not_looked_at() {
        let pod = json!({"metadata": {"name": "web", "annotations": {"a": "${X}"}},
            "spec": {"containers": [{"args": ["${X}"], "command": ["{{x}}"], "env": [{"name": "A", "value": "${X}"}],
                "ports": [{"containerPort": "PORT"}]}]}});
        assert_eq!(of(&pod, false), Holes { count: 1, example: "PORT".to_owned(), in_name: false });
    }

    #[test]
    fn names_and_secrets_are() {
        let secret = json!({"metadata": {"name": "${NAME}-tls"}, "data": {"tls.crt": "ENC[AES256_GCM,data:x]"}});
        assert_eq!(of(&secret, true), Holes { count: 2, example: "ENC[…]".to_owned(), in_name: true });
        assert_eq!(of(&secret, false).count, 1);
    }
}
