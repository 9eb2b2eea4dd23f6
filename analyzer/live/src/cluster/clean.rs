//! What is dropped of an object before anything else sees it.
//!
//! Nothing that is a secret by its nature leaves this file: values of Secrets and of environment
//! variables, private keys, credentials in annotations, arguments, URLs and headers. `managedFields` and
//! the last-applied configuration (which repeats whole Secrets) are dropped, too.

use serde_json::{Map, Value};

/// Put in place of a value; every reader of a snapshot knows it as *masked*, never as *empty*.
const MASK: &str = "***HIDDEN***";

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
            for (key, value) in annotations.iter_mut() {
                if names_credential(key) {
                    *value = MASK.into();
                }
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
    walk(object, 0);
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
fn walk(value: &mut Value, depth: usize) {
    if depth > 128 {
        *value = Value::Null;
        return;
    }
    match value {
        Value::Object(map) => {
            if let Some(env) = map.get_mut("env").and_then(Value::as_array_mut) {
                for entry in env.iter_mut().filter_map(Value::as_object_mut) {
                    entry.remove("value");
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
            for (key, inner) in map.iter_mut() {
                match inner {
                    Value::String(text) if names_credential(key) && !text.is_empty() => MASK.clone_into(text),
                    _ => walk(inner, depth + 1),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, depth + 1)),
        Value::String(text) => {
            if let Some(masked) = masked(text) {
                *text = masked;
            }
        }
        _ => {}
    }
}

/// Commands and headers of probes and hooks.
fn forget(value: &mut Value, depth: usize) {
    if let Some(map) = value.as_object_mut().filter(|_| depth < 8) {
        map.remove("httpHeaders");
        if let Some(exec) = map.get_mut("exec").and_then(Value::as_object_mut) {
            exec.remove("command");
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

/// Does a name say that its value lets somebody in? Names of Secrets and of files do not.
fn names_credential(name: &str) -> bool {
    const WORDS: [&str; 11] = [
        "password",
        "passwd",
        "passphrase",
        "token",
        "credential",
        "apikey",
        "accesskey",
        "privatekey",
        "secretkey",
        "clientsecret",
        "authorization",
    ];
    const NOT: [&str; 8] = ["file", "path", "secretname", "name", "ref", "dir", "ttl", "audience"];
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    WORDS.iter().any(|word| plain.contains(word)) && !NOT.iter().any(|end| plain.ends_with(end))
}

/// A text without what lets somebody in; none where there is nothing of the kind in it.
fn masked(text: &str) -> Option<String> {
    if text.contains("PRIVATE KEY-----") {
        return Some(MASK.to_owned());
    }
    let mut out: Option<String> = None;
    // user:password@ of a URL (RFC 3986 section 3.2.1).
    let mut from = 0;
    loop {
        let now = out.as_deref().unwrap_or(text);
        let Some(at) = now.get(from..).and_then(|rest| rest.find("://")).map(|at| from + at + 3) else { break };
        let rest = now.get(at..).unwrap_or_default();
        let end = rest.find(['/', '?', '#', ' ', '"', '\'', '\n', ',']).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        from = at;
        if let Some((user, host)) = authority.rsplit_once('@')
            && user.contains(':')
        {
            let before = now.get(..at).unwrap_or_default();
            let after = rest.get(end..).unwrap_or_default();
            out = Some(format!("{before}{MASK}@{host}{after}"));
        }
    }
    let now = out.as_deref().unwrap_or(text);
    if let Some(replaced) = bearers(now) {
        out = Some(replaced);
    }
    out
}

/// Masks what follows `Bearer` and `Basic`, and anything that looks like a JSON web token.
fn bearers(text: &str) -> Option<String> {
    let suspect = text.contains("Bearer ") || text.contains("Basic ") || text.contains("eyJ") || text.contains("AKIA");
    if !suspect {
        return None;
    }
    let mut changed = false;
    let mut scheme = false;
    let words: Vec<String> = text
        .split(' ')
        .map(|word| {
            let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            let long = core.len() >= 8 && core.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+/=~".contains(c));
            let web = core.starts_with("eyJ") && core.matches('.').count() == 2;
            let cloud = core.starts_with("AKIA") && core.len() == 20;
            let hide = (scheme && long) || web || cloud;
            scheme = matches!(core, "Bearer" | "Basic");
            if hide {
                changed = true;
                word.replace(core, MASK)
            } else {
                word.to_owned()
            }
        })
        .collect();
    changed.then(|| words.join(" "))
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
    fn ordinary_words_stay() {
        for name in ["secretName", "tokenFile", "serviceAccountTokenName", "tls-secret", "key", "secretKeyRef"] {
            assert!(!names_credential(name), "{name}");
        }
        for text in ["http://web.shop:80/a@b", "10.0.0.1", "Basic auth is off", "user@example.com"] {
            assert_eq!(masked(text), None, "{text}");
        }
    }

    #[test]
    fn config_maps_keep_their_keys() {
        let mut map = json!({"metadata": {"name": "app"}, "data": {"a": "hunter2", "ca.crt": "PEM"}, "binaryData": {"b": "aHVudGVyMg=="}});
        clean("", "ConfigMap", &mut map);
        assert_eq!(map["data"], json!({"a": "", "ca.crt": "PEM"}));
        assert_eq!(map["binaryData"], json!({"b": ""}));
    }
}
