//! What is dropped of an object before anything else sees it.
//!
//! Nothing that is a secret by its nature leaves this file: values of Secrets and of environment
//! variables, private keys, credentials in annotations, arguments, URLs, headers and messages (what they look
//! like is in [`kubereach_reports::secrets`]). `managedFields` and the last-applied configuration (which repeats
//! whole Secrets) are dropped, too.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

use kubereach_model::snapshot::HIDDEN;
use kubereach_reports::secrets::{
    MASK, is_ordinary, mask, mask_with, names_credential, names_in_query, names_secret_object,
};
use serde_json::{Map, Value};

use super::pseudonyms::{domain, is_known_domain};

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Annotations of Secrets that say who issues a certificate. No other is kept.
const ISSUER: &str = "cert-manager.io/";

/// Cleans one object of a kind.
pub(crate) fn clean(group: &str, kind: &str, object: &mut Value) {
    let Some(map) = object.as_object_mut() else { return };
    if let Some(metadata) = map.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
        metadata.remove("selfLink");
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.remove(LAST_APPLIED);
            if (group, kind) == ("", "Secret") {
                annotations.retain(|key, _| key.starts_with(ISSUER));
            }
        }
    }
    match (group, kind) {
        ("", "Secret") => secret(map),
        ("", "ConfigMap") => config_map(map),
        ("", "Node") => {
            if let Some(status) = map.get_mut("status").and_then(Value::as_object_mut) {
                status.remove("images");
            }
        }
        _ => {}
    }
    walk(object, "", 0);
}

/// Of a Secret the names of its keys, its public certificates and nothing else.
fn secret(map: &mut Map<String, Value>) {
    map.remove("stringData");
    let Some(data) = map.get_mut("data") else { return };
    let Some(entries) = data.as_object_mut() else {
        map.remove("data");
        return;
    };
    for (key, value) in entries.iter_mut() {
        let kept = match (key.as_str(), value.as_str()) {
            ("tls.crt" | "ca.crt", Some(text)) if !text.trim().is_empty() => {
                public_certificates(text).unwrap_or_else(|| no_certificate(text))
            }
            _ => String::new(),
        };
        *value = kept.into();
    }
}

/// That something else stood in the place of a certificate, without the thing; of a mask that it was one.
fn no_certificate(encoded: &str) -> String {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let plain = engine.decode(encoded.split_ascii_whitespace().collect::<String>()).unwrap_or_default();
    let masked = |text: &str| kubereach_model::snapshot::is_masked(text);
    if masked(encoded) || std::str::from_utf8(&plain).is_ok_and(masked) {
        return String::new();
    }
    engine.encode("no certificate")
}

/// The CERTIFICATE blocks of a base64 PEM text, again in base64; none where there are none.
fn public_certificates(encoded: &str) -> Option<String> {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let text = String::from_utf8(engine.decode(encoded.split_ascii_whitespace().collect::<String>()).ok()?).ok()?;
    let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
    let mut kept = String::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once(begin) {
        let (body, next) = after.split_once(end)?;
        // Whatever stands between the marks, a key does not.
        if body.contains("-----") {
            return None;
        }
        kept.push_str(&format!("{begin}{body}{end}\n"));
        rest = next;
    }
    (!kept.is_empty()).then(|| engine.encode(kept))
}

/// Of a ConfigMap its keys, and values only where they say how the data plane behaves.
fn config_map(map: &mut Map<String, Value>) {
    let name = map.get("metadata").and_then(|m| m.get("name")).and_then(Value::as_str).unwrap_or_default();
    let keeps = kubereach_model::snapshot::model::keeps_values(name);
    for (part, keep) in [("data", true), ("binaryData", false)] {
        let Some(entries) = map.get_mut(part).and_then(Value::as_object_mut) else { continue };
        for (key, value) in entries.iter_mut() {
            if !(keep && (keeps || key == "ca.crt")) {
                *value = Value::String(String::new());
            }
        }
    }
}

/// Walks the whole object; `depth` ends it where `serde_json` would have refused to read on.
fn walk(value: &mut Value, key: &str, depth: usize) {
    if depth > 128 {
        *value = Value::Null;
        return;
    }
    if IDENTITIES.contains(&key) {
        return;
    }
    match value {
        Value::Object(map) => fields(map, depth),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, key, depth + 1)),
        Value::String(text) => {
            let masked = if PROSE.contains(&key) { mask(text) } else { mask_with(text, hidden) };
            if let Some(masked) = masked {
                *text = masked;
            }
        }
        _ => {}
    }
}

fn fields(map: &mut Map<String, Value>, depth: usize) {
    if let Some(env) = map.get_mut("env").and_then(Value::as_array_mut) {
        for entry in env.iter_mut().filter_map(Value::as_object_mut) {
            // How the Amazon VPC CNI enforces policies is a word of two.
            let is_word = matches!(entry.get("value").and_then(Value::as_str), Some("strict" | "standard"));
            if entry.get("name").and_then(Value::as_str) != Some("NETWORK_POLICY_ENFORCING_MODE") || !is_word {
                entry.remove("value");
            }
        }
    }
    for key in ["args", "command"] {
        if let Some(words) = map.get_mut(key).and_then(Value::as_array_mut) {
            arguments(words);
        }
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"] {
        if let Some(probe) = map.get_mut(probe) {
            forget(probe, 0);
        }
    }
    if let Some(annotations) = map.get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.iter_mut().for_each(|(key, value)| annotation(key, value));
    }
    // A header or parameter and its value stand side by side: `{name: X-Api-Key, value: …}`.
    let named = ["name", "headerName", "header"]
        .iter()
        .any(|key| map.get(*key).and_then(Value::as_str).is_some_and(names_in_query));
    for (key, inner) in map.iter_mut() {
        match inner {
            Value::String(text) if !text.is_empty() && (named && VALUES.contains(&key.as_str())) => {
                *text = hidden(text);
            }
            Value::String(text) if !text.is_empty() && is_secret(key, text) => MASK.clone_into(text),
            // `authorization: {exact: …}` of a match.
            Value::Object(values) if names_credential(key) => {
                for (_, text) in values.iter_mut().filter(|(key, _)| VALUES.contains(&key.as_str())) {
                    if let Value::String(text) = text {
                        *text = hidden(text);
                    }
                }
                walk(inner, key, depth + 1);
            }
            // Annotations were looked at above.
            _ if key == "annotations" => {}
            _ => walk(inner, key, depth + 1),
        }
    }
}

/// Fields that hold names, times and digests, and public certificates.
#[rustfmt::skip]
const IDENTITIES: &[&str] = &[
    "namespace", "uid", "resourceVersion", "apiVersion", "kind", "image", "imageID", "containerID", "tls.crt", "ca.crt",
    "caBundle", "caCertificate", "certificate", "destinationCACertificate", "generateName", "creationTimestamp",
];

/// Fields in which somebody says something: two different secrets in them need not stay different.
const PROSE: &[&str] = &["message", "note", "reason", "annotations", "args", "command", "description"];

/// Fields of a match that hold what is compared.
const VALUES: &[&str] = &["value", "values", "exact", "prefix", "suffix", "regex", "contains", "safeRegex", "pattern"];

/// What stands for a value that is compared with others: the same for the same value in one run, and not to be
/// guessed from it.
fn hidden(value: &str) -> String {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let hash = KEY.hash_one(value).to_le_bytes();
    let letters = hash.iter().map(|byte| LETTERS.get(usize::from(byte % 32)).map_or('a', |letter| char::from(*letter)));
    HIDDEN.chars().chain(letters).collect()
}

/// Is the value of a field a secret by the field's name? `secret: shop/basic-auth` names an object.
fn is_secret(key: &str, value: &str) -> bool {
    let object = names_secret_object(key) && !key.to_ascii_lowercase().contains("client") && is_object_name(value);
    names_credential(key) && !object
}

fn is_object_name(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'/' | b','))
}

/// An annotation keeps its value where a controller that we know reads it, without what is secret in it; another
/// keeps a plain word or words, for nobody reads it here.
fn annotation(key: &str, value: &mut Value) {
    let Value::String(text) = value else { return };
    if text.is_empty() {
        return;
    }
    let last = key.rsplit('/').next().unwrap_or(key);
    let ours = is_known_domain(domain(key));
    let described = DESCRIPTIONS.contains(&last);
    let other = !domain(key).is_empty() && !ours;
    if described || is_secret(key, text) || (other && names_secret_object(key)) {
        MASK.clone_into(text);
    } else if text.trim_start().starts_with(['{', '[']) {
        if let Ok(mut inner) = serde_json::from_str::<Value>(text) {
            let before = inner.clone();
            walk(&mut inner, "annotations", 0);
            if inner != before {
                *text = inner.to_string();
            }
        } else if let Some(masked) = mask(text) {
            *text = masked;
        }
    } else if let Some(masked) = mask(text) {
        *text = masked;
    } else if !ours && !text.split_ascii_whitespace().all(is_plain) {
        MASK.clone_into(text);
    }
}

/// What people write about an object for other people.
const DESCRIPTIONS: &[&str] = &["description", "display-name", "note", "notes", "comment", "change-cause", "requester"];

/// A number, a switch, a time, a version, or a word without digits.
fn is_plain(word: &str) -> bool {
    let number =
        word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b':' | b'T' | b'Z' | b'+' | b'%'));
    let name =
        word.len() <= 40 && word.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_' | b'.' | b'/'));
    let version =
        word.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && rest.len() < 12);
    number || name || version || is_ordinary(word)
}

/// Commands, headers and queries of probes and hooks.
fn forget(value: &mut Value, depth: usize) {
    if let Some(map) = value.as_object_mut().filter(|_| depth < 8) {
        map.remove("httpHeaders");
        if let Some(exec) = map.get_mut("exec").and_then(Value::as_object_mut) {
            exec.remove("command");
        }
        if let Some(Value::String(path)) = map.get_mut("path")
            && let Some((before, query)) = path.split_once('?')
            && !query.is_empty()
        {
            *path = format!("{before}?{MASK}");
        }
        map.values_mut().for_each(|inner| forget(inner, depth + 1));
    }
}

/// `--password=x` and `--password x` lose the x.
fn arguments(words: &mut [Value]) {
    let mut next = false;
    for word in words {
        let Value::String(text) = word else { continue };
        if next && !text.starts_with('-') {
            MASK.clone_into(text);
            next = false;
            continue;
        }
        match text.split_once('=') {
            Some((flag, _)) if names_credential(flag) => *text = format!("{flag}={MASK}"),
            _ => next = text.starts_with('-') && names_credential(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_lets_somebody_in_is_gone() {
        let mut pod = json!({
            "metadata": {"name": "web", "managedFields": [{"manager": "kubectl"}],
                "annotations": {LAST_APPLIED: "{\"data\":\"hunter2\"}", "example.com/api-token": "hunter2", "team": "shop"}},
            "spec": {"containers": [{"name": "web", "args": ["--password=hunter2", "--token", "hunter2", "--port=80"],
                "env": [{"name": "A", "value": "hunter2"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
                "readinessProbe": {"httpGet": {"port": 80, "httpHeaders": [{"name": "X", "value": "hunter2"}]}},
                "livenessProbe": {"exec": {"command": ["curl", "-u", "hunter2"]}}}]},
            "status": {"message": "dial postgres://bob:hunter2@db/shop failed; Authorization: Bearer hunter2hunter2"},
        });
        clean("", "Pod", &mut pod);
        let text = pod.to_string();
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains("--port=80") && text.contains("\"team\":\"shop\"") && text.contains("secretKeyRef"));
        assert!(text.contains("@db/shop failed"), "{text}");
        assert!(!text.contains("managedFields"));
    }

    #[test]
    fn a_secret_keeps_its_public_certificate_and_no_key_that_stands_beside_it() {
        use base64::Engine as _;
        let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let both = format!("{certificate}-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n");
        let mut secret = json!({"metadata": {"name": "t", "annotations": {"note": "hunter2", "cert-manager.io/issuer-name": "ca"}},
            "type": "kubernetes.io/tls", "data": {"tls.crt": encode(&both), "tls.key": encode("hunter2"), "other": encode("hunter2")}});
        clean("", "Secret", &mut secret);
        assert_eq!(secret["data"]["tls.crt"], encode(certificate));
        assert_eq!(secret["data"]["tls.key"], "");
        assert_eq!(secret["data"]["other"], "");
        assert_eq!(secret["metadata"]["annotations"], json!({"cert-manager.io/issuer-name": "ca"}));
    }

    #[test]
    fn names_of_objects_stay_and_what_is_compared_stays_different() {
        let before = json!({"metadata": {"name": "web", "annotations": {
                "nginx.ingress.kubernetes.io/auth-secret": "shop/basic-auth", "team": "the shop", "example.com/weight": "10"}},
            "spec": {"tls": {"secret": "web-tls"}, "volumes": [{"secret": {"secretName": "web-tls"}}],
                "path": "/cart", "image": "registry.example/Shop:V1aB2cD3e"}});
        let mut after = before.clone();
        clean("", "Pod", &mut after);
        assert_eq!(after, before);
        let mut route = json!({"spec": {"rules": [{"matches": [
            {"headers": [{"name": "X-Api-Key", "value": "one1"}]}, {"headers": [{"name": "X-Api-Key", "value": "two2"}]},
            {"headers": [{"name": "X-Api-Key", "value": "one1"}, {"name": "X-Canary", "value": "always"}]}]}]}});
        clean("gateway.networking.k8s.io", "HTTPRoute", &mut route);
        let value = |n: usize| route["spec"]["rules"][0]["matches"][n]["headers"][0]["value"].as_str().unwrap();
        assert!(value(0).starts_with(HIDDEN) && value(0) == value(2) && value(0) != value(1), "{route}");
        assert!(route.to_string().contains("always"), "{route}");
    }

    #[test]
    fn annotations_keep_what_a_controller_reads() {
        let mut ingress = json!({"metadata": {"name": "web", "annotations": {
            "alb.ingress.kubernetes.io/auth-idp-oidc": "{\"clientSecret\":\"hunter2\",\"secretName\":\"idp\"}",
            "nginx.ingress.kubernetes.io/auth-url": "https://u:hunter2@auth.example/verify?key=hunter2",
            "openshift.io/description": "the password is hunter2", "example.com/db": "bob/hunter2",
            "example.com/secret": "hunter"}}});
        clean("networking.k8s.io", "Ingress", &mut ingress);
        let text = ingress.to_string();
        assert!(!text.contains("hunter"), "{text}");
        assert!(text.contains("idp") && text.contains("auth.example/verify"), "{text}");
    }

    #[test]
    fn config_maps_keep_their_keys() {
        let mut map = json!({"metadata": {"name": "app"}, "data": {"a": "hunter2", "ca.crt": "PEM"}, "binaryData": {"b": "aHVudGVyMg=="}});
        clean("", "ConfigMap", &mut map);
        assert_eq!(map["data"], json!({"a": "", "ca.crt": "PEM"}));
        assert_eq!(map["binaryData"], json!({"b": ""}));
    }
}
