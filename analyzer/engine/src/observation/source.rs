//! Who measured: the identity that network policies, meshes and node-local rules see.

use kubereach_prober::observations::Vantage;
use kubereach_prober::words::VantageKind;

/// Labels that a Job or ReplicaSet gives each of its pods anew: no policy is written for them.
const PER_RUN: [&str; 7] = [
    kubereach_prober::observations::RUN_LABEL,
    "pod-template-hash",
    "controller-revision-hash",
    "controller-uid",
    "job-name",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
];

/// Longest name of a source in a report.
const LONGEST: usize = 160;

/// One source identity. Two runs with the same are the same caller, whatever their pods are called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// From a pod, from a machine, or relayed.
    pub kind: VantageKind,
    /// In words, and what tells it from another.
    pub name: String,
}

impl Source {
    /// The identity of a vantage.
    pub fn of(vantage: &Vantage) -> Self {
        let name = match vantage.kind {
            VantageKind::Local => "this machine".to_owned(),
            VantageKind::Apiserver => "the API server".to_owned(),
            VantageKind::InCluster => in_cluster(vantage),
        };
        Self { kind: vantage.kind, name: cut(&name) }
    }

    /// `in-cluster`, `local`, `apiserver`.
    pub const fn vantage(&self) -> &'static str {
        self.kind.word()
    }

    /// `data`: the way traffic flows; `apiserver`: relayed.
    pub const fn via(&self) -> &'static str {
        match self.kind {
            VantageKind::InCluster | VantageKind::Local => "data",
            VantageKind::Apiserver => "apiserver",
        }
    }
}

fn in_cluster(vantage: &Vantage) -> String {
    let mut parts = Vec::new();
    let labels: Vec<String> = vantage
        .labels
        .iter()
        .filter(|(key, _)| !PER_RUN.contains(&key.as_str()) && !key.starts_with("batch.kubernetes.io/"))
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    let known = !labels.is_empty() || vantage.namespace.is_some();
    parts.push(match (&vantage.namespace, &vantage.pod) {
        (Some(namespace), _) => format!("a pod of namespace {namespace}"),
        (None, Some(pod)) => format!("pod {pod}"),
        (None, None) => "a pod".to_owned(),
    });
    if !labels.is_empty() {
        parts.push(format!("labels {}", labels.join(",")));
    } else if known {
        parts.push("labels not known".to_owned());
    }
    if let Some(account) = vantage.service_account.as_deref().filter(|account| *account != "default") {
        parts.push(format!("service account {account}"));
    }
    if vantage.host_network == Some(true) {
        parts.push("in its node's network".to_owned());
    }
    if let Some(node) = &vantage.node {
        parts.push(format!("on node {node}"));
    }
    parts.join(", ")
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        text.to_owned()
    } else {
        text.chars().take(LONGEST).chain("…".chars()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_runs_of_one_caller_are_one_source() {
        let run = |n: &str| {
            let mut vantage = Vantage::new(VantageKind::InCluster);
            vantage.namespace = Some("shop".to_owned());
            vantage.pod = Some(format!("probe-{n}"));
            vantage.labels = [("app", "web"), ("job-name", n), ("batch.kubernetes.io/controller-uid", n)]
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .into();
            Source::of(&vantage)
        };
        assert_eq!(run("a"), run("b"));
        assert_eq!(run("a").name, "a pod of namespace shop, labels app=web");
    }

    #[test]
    fn other_labels_are_another_source() {
        let with = |value: &str| {
            let mut vantage = Vantage::new(VantageKind::InCluster);
            vantage.labels = [("app".to_owned(), value.to_owned())].into();
            Source::of(&vantage)
        };
        assert_ne!(with("web"), with("probe"));
    }
}
