//! Leftovers of runs that were killed before they could delete: found by their labels, removed when asked.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::Instant;

use super::writer::{Kind, Ours, Writer};
use crate::cluster::{Accept, CallError, LiveError, Reader, Target, block_on, escape};
use crate::job::{INSTANCE, PREFIX};

/// Time for looking, and again for deleting.
const TIME: Duration = Duration::from_mins(1);

/// An object that a run left behind.
#[derive(Debug, Clone)]
pub struct Leftover {
    /// What it is.
    pub ours: Ours,
    /// When it was created, as the API server says it.
    pub created: String,
    /// A Job whose pod still runs: of a run that may not be over.
    pub active: bool,
}

/// What was found, and where could not be looked.
#[derive(Debug, Default)]
pub struct Leftovers {
    /// In the order of namespace and name.
    pub found: Vec<Leftover>,
    /// Lists that were refused or failed, in words.
    pub unread: Vec<String>,
    /// Lists that were read.
    pub read: usize,
}

#[derive(Deserialize)]
struct List {
    items: Vec<Object>,
}

#[derive(Deserialize)]
struct Object {
    metadata: ObjectMeta,
    status: Option<Status>,
}

#[derive(Deserialize)]
struct Status {
    active: Option<i32>,
}

/// Looks for leftovers: in these namespaces, else in the whole cluster, else in the context's own. With `instance`
/// only those of one run.
pub fn leftovers(target: &Target, namespaces: &[String], instance: Option<&str>) -> Result<Leftovers, LiveError> {
    block_on(async {
        let connection = target.connect()?;
        let reader = Reader::new(connection.client()?, 4, Instant::now() + TIME);
        let mut all = Leftovers::default();
        for kind in [Kind::Job, Kind::ConfigMap] {
            let mut scopes: Vec<Option<&str>> = namespaces.iter().map(|ns| Some(ns.as_str())).collect();
            if scopes.is_empty() {
                match list(&reader, kind, None, instance).await {
                    Ok(found) => all.add(found),
                    Err(CallError::Forbidden(_)) => scopes.push(Some(&connection.namespace)),
                    Err(error) => all.unread.push(format!("{}: {error}", kind.plural())),
                }
            }
            for scope in scopes {
                match list(&reader, kind, scope, instance).await {
                    Ok(found) => all.add(found),
                    Err(error) => {
                        let place = scope.unwrap_or_default();
                        all.unread.push(format!("{} of namespace {place}: {error}", kind.plural()));
                    }
                }
            }
        }
        all.found.sort_by(|a, b| {
            (&a.ours.namespace, &a.ours.name, a.ours.kind).cmp(&(&b.ours.namespace, &b.ours.name, b.ours.kind))
        });
        Ok(all)
    })?
}

impl Leftovers {
    fn add(&mut self, found: Vec<Leftover>) {
        self.found.extend(found);
        self.read += 1;
    }
}

/// Our objects of a kind. What the selector lets through is looked at again.
pub(super) async fn list(
    reader: &Reader,
    kind: Kind,
    namespace: Option<&str>,
    instance: Option<&str>,
) -> Result<Vec<Leftover>, CallError> {
    let run = instance.map_or_else(|| INSTANCE.to_owned(), |instance| format!("{INSTANCE}={instance}"));
    let selector = format!("app.kubernetes.io/managed-by=kubereach,{run}");
    let url = format!("{}?labelSelector={}", kind.path(namespace, None), escape(&selector));
    let list: List = reader.get_as(&url, Accept::Json).await?;
    let ours = |object: Object| {
        let ours = Ours::of(kind, &object.metadata)?;
        let fits = instance.is_none_or(|instance| ours.instance == instance) && ours.name.starts_with(PREFIX);
        fits.then(|| Leftover {
            ours,
            created: object.metadata.creation_timestamp.map(|at| at.0.to_string()).unwrap_or_default(),
            active: object.status.and_then(|status| status.active).unwrap_or_default() > 0,
        })
    };
    Ok(list.items.into_iter().filter_map(ours).collect())
}

/// Deletes them; those that could not be deleted, and why.
pub fn remove(target: &Target, found: &[Leftover]) -> Result<Vec<(Ours, String)>, LiveError> {
    block_on(async {
        let connection = target.connect()?;
        let writer = Writer::new(connection.client()?, Instant::now() + TIME);
        let mut left = Vec::new();
        for leftover in found {
            if let Err(error) = writer.delete(&leftover.ours).await {
                left.push((leftover.ours.clone(), error.to_string()));
            }
        }
        Ok(left)
    })?
}
