//! The paths an Ingress declares, in order, before anything behind them is looked at.
//!
//! Source: networking.k8s.io/v1 `IngressSpec`: `rules`, `defaultBackend`, `pathType`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kubereach_model::evidence::FieldPath;
use kubereach_model::field;
use kubereach_model::snapshot::model::{Ingress, IngressBackend};

/// How the rule of a request that no path takes is written.
pub const DEFAULT_BACKEND: &str = "(default backend)";

/// One declared path.
#[derive(Debug, Clone)]
pub struct Declared<'s> {
    /// `None` for every host.
    pub host: Option<&'s str>,
    /// As written; empty for the default backend, `:PORT` where connections are taken and not requests.
    pub path: Cow<'s, str>,
    /// `Exact`, `Prefix`, `ImplementationSpecific`, or empty for the default backend; `TCP` for connections.
    pub path_type: &'s str,
    /// Where it leads.
    pub backend: &'s IngressBackend,
    /// Where its backend stands.
    pub field: FieldPath,
    /// Where its host stands.
    pub host_field: FieldPath,
    /// An earlier path of the same Ingress has the same host and path and another backend.
    pub repeats: bool,
}

impl Declared<'_> {
    /// In the words of the report.
    pub fn matches(&self) -> String {
        match self.path_type {
            "" => DEFAULT_BACKEND.to_owned(),
            "ImplementationSpecific" => {
                if self.path.is_empty() {
                    "/".to_owned()
                } else {
                    self.path.clone().into_owned()
                }
            }
            kind => format!("{kind} {}", self.path),
        }
    }

    /// `shop.example/cart`, for prose.
    pub fn describe(&self) -> String {
        let host = self.host.unwrap_or("any host");
        match self.path_type {
            "" => format!("{host} (default backend)"),
            _ if self.host.is_none() => format!("{} on any host", self.path),
            _ => format!("{host}{}", self.path),
        }
    }
}

/// Every declared path, each once.
pub fn declared(ingress: &Ingress) -> Vec<Declared<'_>> {
    let mut all = Vec::new();
    for (i, rule) in ingress.spec.rules.iter().enumerate() {
        let host = rule.host.as_deref().filter(|host| !host.is_empty());
        let host_field: FieldPath = field!["spec", "rules", i, "host"].into();
        match (&rule.http, &ingress.spec.default_backend) {
            (Some(http), _) => {
                for (j, path) in http.paths.iter().enumerate() {
                    all.push(Declared {
                        host,
                        path: Cow::Borrowed(path.path.as_deref().unwrap_or_default()),
                        path_type: path.path_type.as_deref().unwrap_or("ImplementationSpecific"),
                        backend: &path.backend,
                        field: field!["spec", "rules", i, "http", "paths", j, "backend"].into(),
                        host_field: host_field.clone(),
                        repeats: false,
                    });
                }
            }
            // A host without paths goes to the default backend.
            (None, Some(backend)) => all.push(default(host, backend, host_field)),
            (None, None) => {}
        }
    }
    if let Some(backend) = &ingress.spec.default_backend {
        all.push(default(None, backend, field!["spec"].into()));
    }
    once(all)
}

fn default<'s>(host: Option<&'s str>, backend: &'s IngressBackend, host_field: FieldPath) -> Declared<'s> {
    let field = field!["spec", "defaultBackend"].into();
    Declared { host, path: Cow::Borrowed(""), path_type: "", backend, field, host_field, repeats: false }
}

/// Drops exact repetitions and marks those that lead elsewhere.
pub fn once(all: Vec<Declared<'_>>) -> Vec<Declared<'_>> {
    let mut first: BTreeMap<(Option<&str>, String), Vec<&IngressBackend>> = BTreeMap::new();
    let mut kept = Vec::with_capacity(all.len());
    for mut path in all {
        let backends = first.entry((path.host, path.matches())).or_default();
        if backends.contains(&path.backend) {
            continue;
        }
        path.repeats = !backends.is_empty();
        backends.push(path.backend);
        kept.push(path);
    }
    kept
}

/// Hosts that a rule names.
pub fn hosts(ingress: &Ingress) -> BTreeSet<&str> {
    ingress.spec.rules.iter().filter_map(|rule| rule.host.as_deref()).filter(|host| !host.is_empty()).collect()
}

/// Is `host` what `pattern` stands for: the same, or one label under `*.`? (RFC 6125 section 6.4.3, and
/// the Ingress API's own rule for wildcard hosts.)
pub fn covers(pattern: &str, host: &str) -> bool {
    let (pattern, host) = (pattern.trim_end_matches('.'), host.trim_end_matches('.'));
    if pattern.eq_ignore_ascii_case(host) {
        return true;
    }
    let (Some(parent), Some((label, rest))) = (pattern.strip_prefix("*."), host.split_once('.')) else { return false };
    !label.is_empty() && label != "*" && rest.eq_ignore_ascii_case(parent)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_wildcard_stands_for_exactly_one_label() {
        for (pattern, host, expected) in [
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("*.example.com", "*.example.com", true),
            ("*.b.example.com", "*.example.com", false),
            ("Shop.Example.com", "shop.example.com", true),
            ("shop.example.com", "shop.example.com.", true),
            ("*.com", ".com", false),
        ] {
            assert_eq!(covers(pattern, host), expected, "{pattern} {host}");
        }
    }
}
