//! From where to measure: a client whose identity and place the prober takes on, or a pod that is nobody's.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{NodeSelector, PodTemplateSpec, Toleration};
use serde_json::Value;

use crate::cluster::{CallError, Reader, escape, path};

/// A vantage as it is named: `deployment/web`, `shop/deployment/web`, `neutral`, `local`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A pod without anybody's labels.
    Neutral,
    /// This machine.
    Local,
    /// As the pods of a workload.
    Client {
        /// None for the run's own.
        namespace: Option<String>,
        /// Which kind.
        kind: &'static Workload,
        /// Its name.
        name: String,
    },
}

/// A kind that has pods.
#[derive(Debug, PartialEq, Eq)]
pub struct Workload {
    words: &'static [&'static str],
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    /// Where its pod template is.
    template: &'static str,
}

const fn kind(
    group: &'static str,
    version: &'static str,
    words: &'static [&'static str],
    template: &'static str,
) -> Workload {
    // The plural comes second, after the name that is shown.
    Workload { words, group, version, plural: words[1], template }
}

const TEMPLATE: &str = "/spec/template";

static WORKLOADS: [Workload; 9] = [
    kind("apps", "v1", &["deployment", "deployments", "deploy"], TEMPLATE),
    kind("apps", "v1", &["statefulset", "statefulsets", "sts"], TEMPLATE),
    kind("apps", "v1", &["daemonset", "daemonsets", "ds"], TEMPLATE),
    kind("apps", "v1", &["replicaset", "replicasets", "rs"], TEMPLATE),
    kind("", "v1", &["replicationcontroller", "replicationcontrollers", "rc"], TEMPLATE),
    kind("batch", "v1", &["job", "jobs"], TEMPLATE),
    kind("batch", "v1", &["cronjob", "cronjobs", "cj"], "/spec/jobTemplate/spec/template"),
    kind("argoproj.io", "v1alpha1", &["rollout", "rollouts"], TEMPLATE),
    kind("", "v1", &["pod", "pods", "po"], ""),
];

impl std::str::FromStr for From {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || {
            format!(
                "'{text}' is no vantage; write deployment/NAME (or another workload), NAMESPACE/KIND/NAME, neutral or local"
            )
        };
        match text {
            "neutral" => return Ok(Self::Neutral),
            "local" => return Ok(Self::Local),
            _ => {}
        }
        let parts: Vec<&str> = text.split('/').collect();
        let (namespace, kind, name) = match parts.as_slice() {
            [kind, name] => (None, *kind, *name),
            [namespace, kind, name] => (Some((*namespace).to_owned()), *kind, *name),
            _ => return Err(bad()),
        };
        let lower = kind.to_ascii_lowercase();
        let kind = WORKLOADS.iter().find(|w| w.words.contains(&lower.as_str())).ok_or_else(bad)?;
        if name.is_empty() || namespace.as_deref() == Some("") {
            return Err(bad());
        }
        Ok(Self::Client { namespace, kind, name: name.to_owned() })
    }
}

impl From {
    /// With a namespace where none is named.
    pub(super) fn within(&self, default: &str) -> Self {
        match self {
            Self::Client { namespace: None, kind, name } => {
                Self::Client { namespace: Some(default.to_owned()), kind, name: name.clone() }
            }
            other => other.clone(),
        }
    }
}

impl std::fmt::Display for From {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Neutral => f.write_str("a neutral pod"),
            Self::Local => f.write_str("this machine"),
            Self::Client { kind, name, .. } => {
                write!(f, "a pod like those of {}/{name}", kind.words.first().copied().unwrap_or_default())
            }
        }
    }
}

/// What is taken over of a client.
#[derive(Debug, Clone, Default)]
pub(super) struct Client {
    pub(super) labels: BTreeMap<String, String>,
    pub(super) node_selector: BTreeMap<String, String>,
    pub(super) node_affinity: Option<NodeSelector>,
    pub(super) tolerations: Vec<Toleration>,
    pub(super) service_account: Option<String>,
    /// It runs in its node's network, where no pod of `PodSecurity` level restricted can.
    pub(super) host_network: bool,
}

/// Why a client cannot be stood for.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// The API server does not say.
    #[error("{what} could not be read: {error}")]
    Unread {
        /// The client.
        what: String,
        /// The server's words.
        error: CallError,
    },
    /// There is none.
    #[error("there is no {what}; --from names who measures")]
    Missing {
        /// The client.
        what: String,
    },
    /// It has no pods to resemble.
    #[error("{what} has no pod template that could be read")]
    NoTemplate {
        /// The client.
        what: String,
    },
}

/// Reads the client. Listed by its name, because that is what a read-only identity may do.
pub(super) async fn client(
    reader: &Reader,
    kind: &Workload,
    namespace: &str,
    name: &str,
) -> Result<Client, OriginError> {
    let word = kind.words.first().copied().unwrap_or_default();
    let what = format!("{word}/{name} in namespace {namespace}");
    let list = path(kind.group, kind.version, Some(namespace), kind.plural, None);
    let url = format!("{list}?fieldSelector={}", escape(&format!("metadata.name={name}")));
    let list: Value = match reader.get_as(&url, crate::cluster::Accept::Json).await {
        Ok(list) => list,
        Err(error) => return Err(OriginError::Unread { what, error }),
    };
    let items = list.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let found = items.iter().find(|item| item.pointer("/metadata/name").and_then(Value::as_str) == Some(name));
    let Some(found) = found else { return Err(OriginError::Missing { what }) };
    let template = found.pointer(kind.template).unwrap_or(found).clone();
    let template: PodTemplateSpec =
        serde_json::from_value(template).map_err(|_| OriginError::NoTemplate { what: what.clone() })?;
    let Some(spec) = template.spec else { return Err(OriginError::NoTemplate { what }) };
    let affinity = spec.affinity.and_then(|affinity| affinity.node_affinity);
    let tolerations = spec.tolerations.unwrap_or_default();
    Ok(Client {
        labels: template.metadata.and_then(|metadata| metadata.labels).unwrap_or_default(),
        node_selector: spec.node_selector.unwrap_or_default(),
        node_affinity: affinity.and_then(|a| a.required_during_scheduling_ignored_during_execution),
        // Every pod gets these two by itself.
        tolerations: tolerations
            .into_iter()
            .filter(|t| {
                !matches!(t.key.as_deref(), Some("node.kubernetes.io/not-ready" | "node.kubernetes.io/unreachable"))
            })
            .collect(),
        service_account: spec.service_account_name.filter(|name| name != "default"),
        host_network: spec.host_network == Some(true),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vantages_are_named_as_kubectl_names_things() {
        let of = |text: &str| text.parse::<From>();
        assert_eq!(of("neutral"), Ok(From::Neutral));
        assert_eq!(of("local"), Ok(From::Local));
        let Ok(From::Client { namespace, kind, name }) = of("shop/Deploy/web") else { panic!() };
        assert_eq!((namespace.as_deref(), kind.plural, name.as_str()), (Some("shop"), "deployments", "web"));
        assert_eq!(of("sts/db").unwrap().to_string(), "a pod like those of statefulset/db");
        for bad in ["", "web", "service/web", "a/b/c/d", "deployment/", "/deployment/web", "deployments"] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
