//! Which Secrets and `ConfigMaps` the declared paths name: the only ones whose content is read.

use std::collections::BTreeSet;

use kubereach_model::snapshot::kinds::KINDS;
use serde_json::Value;

/// A name in a namespace.
pub(crate) type Name = (String, String);

/// What was named so far.
#[derive(Debug, Default, Clone)]
pub(crate) struct Refs {
    pub(crate) secrets: BTreeSet<Name>,
    pub(crate) config_maps: BTreeSet<Name>,
}

impl Refs {
    /// Adds what one object names.
    pub(crate) fn of(&mut self, group: &str, kind: &str, object: &Value) {
        let leads = KINDS.iter().any(|k| k.names_certificates && k.kind == kind && k.group == group);
        if leads && let Some(spec) = object.get("spec") {
            let namespace = object.pointer("/metadata/namespace").and_then(Value::as_str).unwrap_or_default();
            self.walk(spec, namespace, 0);
        }
    }

    fn walk(&mut self, value: &Value, namespace: &str, depth: usize) {
        if depth > 32 {
            return;
        }
        match value {
            Value::Object(map) => {
                for (key, inner) in map {
                    match key.as_str() {
                        "secretName" => {
                            if let Some(name) = inner.as_str() {
                                self.secrets.insert((namespace.to_owned(), name.to_owned()));
                            }
                        }
                        "certificateRefs" | "clientCertificateRef" => self.each(inner, namespace, "Secret"),
                        "caCertificateRefs" => self.each(inner, namespace, "ConfigMap"),
                        _ => self.walk(inner, namespace, depth + 1),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(item, namespace, depth + 1)),
            _ => {}
        }
    }

    fn each(&mut self, value: &Value, namespace: &str, usual: &str) {
        let one = std::slice::from_ref(value);
        for reference in value.as_array().map_or(one, Vec::as_slice) {
            let word = |key: &str| reference.get(key).and_then(Value::as_str).filter(|word| !word.is_empty());
            let Some(name) = word("name") else { continue };
            let at = (word("namespace").unwrap_or(namespace).to_owned(), name.to_owned());
            match word("kind").unwrap_or(usual) {
                "Secret" => self.secrets.insert(at),
                "ConfigMap" => self.config_maps.insert(at),
                _ => false,
            };
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.secrets.extend(other.secrets);
        self.config_maps.extend(other.config_maps);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_paths_name_is_found() {
        let mut refs = Refs::default();
        refs.of(
            "networking.k8s.io",
            "Ingress",
            &json!({"metadata": {"namespace": "shop"}, "spec": {"tls": [{"secretName": "a"}]}}),
        );
        refs.of(
            "gateway.networking.k8s.io",
            "Gateway",
            &json!({"metadata": {"namespace": "infra"}, "spec": {"listeners": [
            {"tls": {"certificateRefs": [{"name": "b", "namespace": "certs"}, {"kind": "Other", "name": "x"}],
                     "frontendValidation": {"caCertificateRefs": [{"name": "c"}]}}}]}}),
        );
        refs.of("gateway.networking.k8s.io", "BackendTLSPolicy", &json!({"metadata": {"namespace": "shop"}, "spec": {
            "validation": {"caCertificateRefs": [{"kind": "ConfigMap", "name": "ca"}, {"kind": "Secret", "name": "s"}]}}}));
        refs.of(
            "",
            "Pod",
            &json!({"metadata": {"namespace": "shop"}, "spec": {"volumes": [{"secret": {"secretName": "private"}}]}}),
        );
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(refs.secrets, [pair("certs", "b"), pair("shop", "a"), pair("shop", "s")].into());
        assert_eq!(refs.config_maps, [pair("infra", "c"), pair("shop", "ca")].into());
    }
}
