//! Labels: the objects' own, and the identity that the pod takes on.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Toleration;

use super::{INSTANCE, JobOptions, NAME};

/// The labels by which the objects of a run are found.
pub(super) fn own(instance: &str) -> BTreeMap<String, String> {
    [("app.kubernetes.io/name", NAME), ("app.kubernetes.io/managed-by", "kubereach"), (INSTANCE, instance)]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

/// Labels and annotations of the pod. The client's labels win over the own ones: they are why it runs.
pub(super) fn of_pod(instance: &str, options: &JobOptions) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let mut labels = own(instance);
    let mut annotations = BTreeMap::new();
    if options.no_mesh {
        // Istio reads the labels; Linkerd and Consul read annotations; Kuma read either, by version.
        for (key, value) in [
            ("sidecar.istio.io/inject", "false"),
            ("istio.io/dataplane-mode", "none"),
            ("kuma.io/sidecar-injection", "disabled"),
        ] {
            labels.insert(key.to_owned(), value.to_owned());
        }
        for (key, value) in [
            ("linkerd.io/inject", "disabled"),
            ("consul.hashicorp.com/connect-inject", "false"),
            ("kuma.io/sidecar-injection", "disabled"),
        ] {
            annotations.insert(key.to_owned(), value.to_owned());
        }
    }
    labels.extend(options.labels.clone());
    (labels, annotations)
}

/// Reads `key=value,key=value` (API reference: labels and selectors, syntax and character set).
pub fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut labels = BTreeMap::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or_else(|| format!("'{pair}' is not key=value"))?;
        let name = match key.split_once('/') {
            Some((prefix, name)) => {
                let ok = !prefix.is_empty()
                    && prefix.len() <= 253
                    && prefix.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
                if !ok {
                    return Err(format!("'{prefix}' cannot stand before the / of a label"));
                }
                name
            }
            None => key,
        };
        if name.is_empty() || !is_word(name) {
            return Err(format!("'{name}' cannot be the name of a label"));
        }
        if !is_word(value) {
            return Err(format!("'{value}' cannot be the value of a label"));
        }
        labels.insert(key.to_owned(), value.to_owned());
    }
    Ok(labels)
}

/// A DNS label (RFC 1123), as names of namespaces are.
pub fn is_namespace(name: &str) -> bool {
    let ends = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.len() <= 63
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && ends(name.bytes().next())
        && ends(name.bytes().next_back())
}

/// At most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit; or nothing.
fn is_word(text: &str) -> bool {
    let ends = |b: Option<u8>| b.is_none_or(|b| b.is_ascii_alphanumeric());
    text.len() <= 63
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        && ends(text.bytes().next())
        && ends(text.bytes().next_back())
}

/// Reads `KEY`, `KEY=VALUE`, either with `:EFFECT`, or `*` for every taint.
pub fn parse_toleration(text: &str) -> Result<Toleration, String> {
    let exists = Some("Exists".to_owned());
    if text == "*" {
        return Ok(Toleration { operator: exists, ..Toleration::default() });
    }
    let (taint, effect) = match text.rsplit_once(':') {
        Some((taint, effect)) => (taint, Some(effect)),
        None => (text, None),
    };
    if let Some(effect) = effect
        && !["NoSchedule", "PreferNoSchedule", "NoExecute"].contains(&effect)
    {
        return Err(format!("'{effect}' is no effect of a taint; use NoSchedule, PreferNoSchedule or NoExecute"));
    }
    if taint.is_empty() {
        return Err("a toleration names a taint's key, or is *".to_owned());
    }
    let (key, value) = match taint.split_once('=') {
        Some((key, value)) => (key, Some(value)),
        None => (taint, None),
    };
    Ok(Toleration {
        key: Some(key.to_owned()),
        operator: if value.is_some() { Some("Equal".to_owned()) } else { exists },
        value: value.map(str::to_owned),
        effect: effect.map(str::to_owned),
        ..Toleration::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_as_kubernetes_would() {
        assert_eq!(parse("app=web, example.com/tier=front,empty=").unwrap().len(), 3);
        for wrong in ["app", "=x", "a b=c", "app=-x", "UPPER.example/x=y", "app=x y", &format!("a={}", "x".repeat(64))]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert!(parse("").unwrap().is_empty());
    }

    #[test]
    fn tolerations_are_read_as_kubectl_writes_taints() {
        let all = parse_toleration("*").unwrap();
        assert_eq!((all.key, all.operator.as_deref()), (None, Some("Exists")));
        let one = parse_toleration("dedicated=edge:NoSchedule").unwrap();
        assert_eq!((one.operator.as_deref(), one.effect.as_deref()), (Some("Equal"), Some("NoSchedule")));
        assert_eq!(parse_toleration("spot").unwrap().operator.as_deref(), Some("Exists"));
        assert!(parse_toleration("a:Never").is_err());
        assert!(parse_toleration(":NoSchedule").is_err());
    }
}
