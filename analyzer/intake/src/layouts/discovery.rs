//! Which kinds the API server served, from the discovery files some collectors keep.

use std::collections::BTreeSet;

use serde_json::Value;

use super::facts::CoverageStatement;
use kubereach_model::snapshot::GroupKind;
use kubereach_model::snapshot::kinds::Kind;
use kubereach_reports::report::CoverageState;

/// What the API server served. Empty where nothing was kept.
#[derive(Debug, Default)]
pub(crate) struct Discovery {
    kinds: BTreeSet<(String, String)>,
    /// Groups whose kinds are all in `kinds`.
    described: BTreeSet<String>,
    groups: BTreeSet<String>,
    /// `groups` are all there are.
    all_groups: bool,
    source: String,
}

impl Discovery {
    /// Reads one discovery document of any shape: `APIResourceList`s, `APIGroupList`, or the aggregated
    /// `APIGroupDiscoveryList`.
    pub(crate) fn add(&mut self, value: &Value, source: &str) {
        let before = (self.kinds.len(), self.groups.len());
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.one(item)),
            _ => self.one(value),
        }
        if (self.kinds.len(), self.groups.len()) != before && self.source.is_empty() {
            source.clone_into(&mut self.source);
        }
    }

    fn one(&mut self, value: &Value) {
        if let Some(group_version) = value.get("groupVersion").and_then(Value::as_str) {
            let group = group_version.split_once('/').map_or("", |(group, _)| group);
            self.groups.insert(group.to_owned());
            self.described.insert(group.to_owned());
            for resource in list(value, "resources") {
                let own = resource.get("group").and_then(Value::as_str).filter(|g| !g.is_empty()).unwrap_or(group);
                self.kind(own, resource.get("kind"));
            }
        } else if let Some(groups) = value.get("groups").and_then(Value::as_array) {
            self.all_groups = true;
            self.group_list(groups);
        } else if let Some(items) = value.get("items").and_then(Value::as_array) {
            let mut named = false;
            for item in items {
                let group = item.pointer("/metadata/name").and_then(Value::as_str).unwrap_or("");
                named |= !group.is_empty();
                self.groups.insert(group.to_owned());
                self.described.insert(group.to_owned());
                for version in list(item, "versions") {
                    // A stale version is one that its server did not answer for.
                    if version.get("freshness").and_then(Value::as_str) == Some("Stale") {
                        self.described.remove(group);
                    }
                    for resource in list(version, "resources") {
                        self.kind(group, resource.pointer("/responseKind/kind"));
                    }
                }
            }
            self.all_groups |= named;
        } else if value.get("name").is_some() && value.get("versions").is_some() {
            self.group_list(std::slice::from_ref(value));
        }
    }

    fn group_list(&mut self, groups: &[Value]) {
        for group in groups {
            if let Some(name) = group.get("name").and_then(Value::as_str) {
                self.groups.insert(name.to_owned());
            }
        }
    }

    fn kind(&mut self, group: &str, kind: Option<&Value>) {
        if let Some(kind) = kind.and_then(Value::as_str) {
            self.kinds.insert((group.to_owned(), kind.to_owned()));
        }
    }

    /// Says that the lists are all there are (`resources.json` without an error beside it).
    pub(crate) fn is_whole(&mut self) {
        self.all_groups = !self.groups.is_empty();
    }

    /// Is this group served? None where it is not known.
    pub(crate) fn serves_group(&self, group: &str) -> Option<bool> {
        if self.groups.contains(group) { Some(true) } else { self.all_groups.then_some(false) }
    }

    /// That the API server does not serve the kind, if discovery shows it.
    pub(crate) fn not_served(&self, kind: &Kind) -> Option<CoverageStatement> {
        let GroupKind { group, kind: name } = kind.group_kind();
        if group.is_empty() {
            return None;
        }
        let reason = if self.described.contains(group.as_ref()) {
            // Old groups hold kinds that moved; a kind of the model counts under its present name only.
            (!self.kinds.contains(&(group.to_string(), name.to_string())))
                .then(|| format!("the API server served no {name} in {group}"))
        } else {
            (self.serves_group(&group) == Some(false)).then(|| format!("the API server had no API group {group}"))
        }?;
        if self.moved(&group, &name) {
            return None;
        }
        Some(CoverageStatement::new(CoverageState::NotServed, reason, self.source.clone()))
    }

    /// Served under the group it had before it moved.
    fn moved(&self, group: &str, kind: &str) -> bool {
        matches!(group, "apps" | "networking.k8s.io")
            && self.kinds.contains(&("extensions".to_owned(), kind.to_owned()))
            || (matches!(group, "apps" | "networking.k8s.io")
                && self.groups.contains("extensions")
                && !self.described.contains("extensions"))
    }
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kubereach_model::snapshot::kinds::by_name;
    use serde_json::json;

    fn served(d: &Discovery, name: &str) -> bool {
        d.not_served(by_name(name).unwrap()).is_none()
    }

    #[test]
    fn aggregated_discovery_shows_what_is_not_installed() {
        let mut d = Discovery::default();
        d.add(
            &json!({"kind": "APIGroupDiscoveryList", "items": [
                {"metadata": {"name": "networking.k8s.io"}, "versions": [{"version": "v1", "resources": [
                    {"resource": "ingresses", "responseKind": {"kind": "Ingress"}}]}]},
                {"metadata": {"name": "gateway.networking.k8s.io"}, "versions": [{"version": "v1", "resources": [
                    {"resource": "httproutes", "responseKind": {"kind": "HTTPRoute"}}]}]}]}),
            "apis.json",
        );
        assert!(served(&d, "ingresses"));
        assert!(served(&d, "httproutes"));
        assert!(!served(&d, "tlsroutes"));
        assert!(!served(&d, "networkpolicies"));
        assert!(!served(&d, "virtualservices"));
        assert!(served(&d, "services"), "the core group is in another file");
    }

    #[test]
    fn a_list_of_groups_says_nothing_about_the_kinds_in_them() {
        let mut d = Discovery::default();
        d.add(&json!({"groups": [{"name": "networking.k8s.io"}]}), "servergroups.json");
        assert!(served(&d, "networkpolicies"));
        assert!(!served(&d, "httproutes"));
        assert!(served(&Discovery::default(), "httproutes"));
    }

    #[test]
    fn a_group_whose_server_did_not_answer_says_nothing() {
        let mut d = Discovery::default();
        d.add(
            &json!({"items": [{"metadata": {"name": "route.openshift.io"}, "versions": [{"version": "v1", "freshness": "Stale"}]}]}),
            "apis.json",
        );
        assert!(served(&d, "routes.route.openshift.io"));
    }
}
