//! The one client of this program that changes a cluster, and all that it can change: it creates the Jobs and
//! `ConfigMap`s of [`crate::job`], and deletes what carries their labels. It is made only by the modules beside
//! it; the client of live reads ([`crate::cluster::Reader`]) has no way to it.

use std::collections::BTreeMap;

use http::{Method, Request, header};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::cluster::{CallError, Caller, path};
use crate::job::{INSTANCE, NAME, PREFIX};

/// What is created and deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `batch/v1` Job; its pods go with it.
    Job,
    /// `v1` `ConfigMap`.
    ConfigMap,
}

impl Kind {
    /// Its API group.
    pub const fn group(self) -> &'static str {
        match self {
            Self::Job => "batch",
            Self::ConfigMap => "",
        }
    }

    /// Its name in URLs.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Job => "jobs",
            Self::ConfigMap => "configmaps",
        }
    }

    /// Where its objects are.
    pub(super) fn path(self, namespace: Option<&str>, name: Option<&str>) -> String {
        path(self.group(), "v1", namespace, self.plural(), name)
    }
}

/// An object that is ours by its labels and its name: nothing else can be deleted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ours {
    /// Job or `ConfigMap`.
    pub kind: Kind,
    /// Where.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The run it belongs to.
    pub instance: String,
    /// Which object of that name, once it is known.
    pub uid: Option<String>,
}

impl Ours {
    /// The object with this metadata, if it is ours.
    pub(super) fn of(kind: Kind, metadata: &ObjectMeta) -> Option<Self> {
        let nothing = BTreeMap::new();
        let labels = metadata.labels.as_ref().unwrap_or(&nothing);
        let is = |key: &str, value: &str| labels.get(key).is_some_and(|own| own == value);
        let name = metadata.name.clone().filter(|name| name.starts_with(PREFIX))?;
        let instance = labels.get(INSTANCE)?.clone();
        let ours = is("app.kubernetes.io/managed-by", "kubereach") && is("app.kubernetes.io/name", NAME);
        ours.then(|| Self {
            kind,
            namespace: metadata.namespace.clone().unwrap_or_default(),
            name,
            instance,
            uid: metadata.uid.clone(),
        })
    }
}

impl std::fmt::Display for Ours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self.kind {
            Kind::Job => "job",
            Kind::ConfigMap => "configmap",
        };
        write!(f, "{kind}/{} of namespace {}", self.name, self.namespace)
    }
}

/// Creates and deletes.
#[derive(Debug)]
pub(super) struct Writer {
    caller: Caller,
}

/// Of what was created, what matters afterwards.
#[derive(Deserialize)]
struct Created {
    metadata: ObjectMeta,
}

impl Writer {
    /// Nothing is sent after the deadline.
    pub(super) fn new(client: kube::Client, deadline: Instant) -> Self {
        Self { caller: Caller::new(client, 2, deadline) }
    }

    /// Creates an object of ours; its uid. With `dry_run` the API server and admission only say whether they
    /// would let it be created.
    pub(super) async fn create<T: Serialize>(
        &self,
        ours: &Ours,
        object: &T,
        dry_run: bool,
    ) -> Result<Option<String>, CallError> {
        let query = if dry_run { "?dryRun=All&fieldManager=kubereach" } else { "?fieldManager=kubereach" };
        let url = format!("{}{query}", ours.kind.path(Some(&ours.namespace), None));
        let request = request(Method::POST, &url, object)?;
        let answer = self.caller.call(|| request.clone()).await?;
        let created: Created =
            serde_json::from_slice(&answer.body).map_err(|error| CallError::Malformed(error.to_string()))?;
        Ok(created.metadata.uid)
    }

    /// Deletes it, and the pods of a Job with it. That it is gone already is fine.
    pub(super) async fn delete(&self, ours: &Ours) -> Result<(), CallError> {
        let mut options = serde_json::json!({
            "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background",
        });
        if let (Some(uid), Some(map)) = (&ours.uid, options.as_object_mut()) {
            map.insert("preconditions".to_owned(), serde_json::json!({"uid": uid}));
        }
        let request = request(Method::DELETE, &ours.kind.path(Some(&ours.namespace), Some(&ours.name)), &options)?;
        match self.caller.call(|| request.clone()).await {
            Ok(_) | Err(CallError::NotFound(_)) => Ok(()),
            // Another object of that name has taken its place: ours is gone.
            Err(CallError::Status { status: 409, .. }) if ours.uid.is_some() => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn request<T: Serialize>(method: Method, url: &str, body: &T) -> Result<Request<Vec<u8>>, CallError> {
    let bad = |error: &dyn std::fmt::Display| CallError::Request(error.to_string());
    let body = serde_json::to_vec(body).map_err(|error| bad(&error))?;
    Request::builder()
        .method(method)
        .uri(url)
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/json")
        .body(body)
        .map_err(|error| bad(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta(labels: &[(&str, &str)], name: &str) -> ObjectMeta {
        ObjectMeta {
            name: Some(name.to_owned()),
            namespace: Some("shop".to_owned()),
            labels: Some(labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()),
            ..ObjectMeta::default()
        }
    }

    #[test]
    fn only_what_carries_our_labels_and_name_is_ours() {
        let all = [
            ("app.kubernetes.io/managed-by", "kubereach"),
            ("app.kubernetes.io/name", NAME),
            (INSTANCE, "kubereach-probe-1"),
        ];
        assert!(Ours::of(Kind::Job, &meta(&all, "kubereach-probe-1")).is_some());
        assert_eq!(Ours::of(Kind::Job, &meta(&all, "web")), None);
        for missing in 0..all.len() {
            let labels: Vec<_> =
                all.iter().copied().enumerate().filter(|(i, _)| *i != missing).map(|(_, l)| l).collect();
            assert_eq!(Ours::of(Kind::Job, &meta(&labels, "kubereach-probe-1")), None);
        }
        assert_eq!(Ours::of(Kind::ConfigMap, &ObjectMeta::default()), None);
    }
}
