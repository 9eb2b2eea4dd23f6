//! Who may do what, as authorization.k8s.io decides it from roles.

use serde_json::Value;

/// One rule, in one namespace or everywhere.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) namespace: Option<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) resources: Vec<String>,
    pub(crate) verbs: Vec<String>,
}

impl Rule {
    pub(crate) fn everything() -> Self {
        Self { namespace: None, groups: vec!["*".into()], resources: vec!["*".into()], verbs: vec!["*".into()] }
    }

    /// Everything in one namespace.
    pub(crate) fn in_namespace(namespace: &str) -> Self {
        Self { namespace: Some(namespace.to_owned()), ..Self::everything() }
    }

    /// Verbs on a resource everywhere.
    pub(crate) fn on(group: &str, resource: &str, verbs: &[&str]) -> Self {
        Self {
            namespace: None,
            groups: vec![group.to_owned()],
            resources: vec![resource.to_owned()],
            verbs: verbs.iter().map(|v| (*v).to_owned()).collect(),
        }
    }

    /// The rules of a `ClusterRole` bound everywhere, or of a `Role` bound in a namespace.
    pub(crate) fn of_role(role: &Value, namespace: Option<&str>) -> Vec<Self> {
        let words = |rule: &Value, key: &str| -> Vec<String> {
            rule[key].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        role["rules"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|rule| Self {
                namespace: namespace.map(str::to_owned),
                groups: words(rule, "apiGroups"),
                resources: words(rule, "resources"),
                verbs: words(rule, "verbs"),
            })
            .collect()
    }

    pub(crate) fn allows(&self, verb: &str, group: &str, resource: &str, namespace: Option<&str>) -> bool {
        let has = |list: &[String], word: &str| list.iter().any(|l| l == "*" || l == word);
        (self.namespace.is_none() || self.namespace.as_deref() == namespace)
            && has(&self.groups, group)
            && has(&self.resources, resource)
            && has(&self.verbs, verb)
    }
}
