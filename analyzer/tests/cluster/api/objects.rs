//! Which kinds a server has, and its objects in the order of etcd.

use std::collections::BTreeMap;

use serde_json::Value;

/// A served kind.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    pub(crate) plural: String,
    pub(crate) namespaced: bool,
}

/// Always served.
const BUILT_IN: [(&str, &str, &str, &str, bool); 22] = [
    ("", "v1", "Service", "services", true),
    ("", "v1", "Pod", "pods", true),
    ("", "v1", "Endpoints", "endpoints", true),
    ("", "v1", "Secret", "secrets", true),
    ("", "v1", "ConfigMap", "configmaps", true),
    ("", "v1", "Namespace", "namespaces", false),
    ("", "v1", "Node", "nodes", false),
    ("", "v1", "Event", "events", true),
    ("", "v1", "ReplicationController", "replicationcontrollers", true),
    ("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true),
    ("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", true),
    ("networking.k8s.io", "v1", "Ingress", "ingresses", true),
    ("networking.k8s.io", "v1", "IngressClass", "ingressclasses", false),
    ("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true),
    ("apps", "v1", "Deployment", "deployments", true),
    ("apps", "v1", "ReplicaSet", "replicasets", true),
    ("apps", "v1", "StatefulSet", "statefulsets", true),
    ("apps", "v1", "DaemonSet", "daemonsets", true),
    ("batch", "v1", "Job", "jobs", true),
    ("batch", "v1", "CronJob", "cronjobs", true),
    ("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true),
    ("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false),
];

/// The kinds of Kubernetes, and those of the objects as if their definitions were installed.
pub(crate) fn every_kind(objects: &[Value]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = BUILT_IN
        .into_iter()
        .map(|(group, version, kind, plural, namespaced)| Kind {
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
            plural: plural.into(),
            namespaced,
        })
        .collect();
    for object in objects {
        let (group, version) = type_of(object);
        let kind = object["kind"].as_str().unwrap();
        if !kinds.iter().any(|k| k.group == group && k.kind == kind) {
            let lower = kind.to_ascii_lowercase();
            let plural = match lower.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o'])) {
                Some(stem) => format!("{stem}ies"),
                None if lower.ends_with(['s', 'h', 'x']) => format!("{lower}es"),
                None => format!("{lower}s"),
            };
            let namespaced = object["metadata"]["namespace"].is_string();
            kinds.push(Kind { group, version, kind: kind.to_owned(), plural, namespaced });
        }
    }
    kinds
}

fn type_of(object: &Value) -> (String, String) {
    let api_version = object["apiVersion"].as_str().unwrap();
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let old = group == "extensions" || (group == "events.k8s.io");
    let group = if old { if group == "events.k8s.io" { "" } else { "networking.k8s.io" } } else { group };
    (group.to_owned(), version.to_owned())
}

pub(crate) fn by_kind(objects: Vec<Value>, kinds: &[Kind]) -> BTreeMap<(String, String), Vec<Value>> {
    let mut all: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for object in objects {
        let (group, _) = type_of(&object);
        let kind = kinds.iter().find(|k| k.group == group && k.kind == object["kind"].as_str().unwrap()).unwrap();
        all.entry((group, kind.plural.clone())).or_default().push(object);
    }
    for of_kind in all.values_mut() {
        of_kind.sort_by_key(key);
    }
    all
}

/// The order of a list.
pub(crate) fn key(object: &Value) -> (String, String) {
    let word = |key: &str| object["metadata"][key].as_str().unwrap_or_default().to_owned();
    (word("namespace"), word("name"))
}
