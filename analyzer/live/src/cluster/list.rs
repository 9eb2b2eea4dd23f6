//! One list, page by page.

use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::call::CallError;
use super::clean::clean;
use super::client::{Accept, Reader, escape, path};
use super::discovery::Resource;
use super::refs::{Name, Refs};
use super::spool::Spool;
use kubereach_intake::item::Item;
use kubereach_intake::pages;
use kubereach_intake::progress::Progress;

/// A list that expires this often is given up.
const RESTARTS: u32 = 3;
/// A page whose bytes make no sense is asked for this often.
const MALFORMED: u32 = 3;
/// More objects of one kind than this are not read (Kubernetes ends far below).
const MOST: usize = 5_000_000;

/// Which objects of a resource, and in which form.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) resource: Resource,
    pub(crate) namespace: Option<String>,
    pub(crate) accept: Accept,
    /// As kubectl's `--field-selector`.
    pub(crate) fields: &'static str,
    /// `type` of Secrets that the selector chose.
    pub(crate) secret_type: Option<&'static str>,
}

impl Query {
    /// The path without its query.
    pub(crate) fn path(&self) -> String {
        let r = &self.resource;
        path(&r.group, &r.version, self.namespace.as_deref(), &r.plural, None)
    }
}

/// What is shared by all lists of a read.
pub(crate) struct Shared {
    pub(crate) reader: Reader,
    pub(crate) page: usize,
    /// Decode objects for judgement.
    pub(crate) decode: bool,
    /// Keep objects for an archive.
    pub(crate) spool: bool,
    pub(crate) progress: Box<dyn Progress + Send>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("page", &self.page).finish_non_exhaustive()
    }
}

/// What a list yielded, however it ended.
#[derive(Debug, Default)]
pub(crate) struct Yield {
    pub(crate) items: Vec<Item>,
    pub(crate) spool: Option<Spool>,
    pub(crate) objects: usize,
    pub(crate) refs: Refs,
    /// Objects whose content is to be read by name, as they were listed.
    pub(crate) held: Vec<(Name, Value)>,
    /// Names of the objects, for Namespaces.
    pub(crate) names: Vec<String>,
    pub(crate) resource_version: String,
    pub(crate) began: Option<jiff::Timestamp>,
}

/// Holds an object back, to be read by name.
pub(crate) type Hold = Arc<dyn Fn(&Name) -> bool + Send + Sync>;

#[derive(Deserialize)]
struct Page<'p> {
    #[serde(default)]
    metadata: Option<PageMeta>,
    #[serde(default, borrow)]
    items: Option<Vec<&'p RawValue>>,
    kind: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct PageMeta {
    #[serde(rename = "continue")]
    token: Option<String>,
    resource_version: Option<String>,
}

/// Reads a list to its end, or to where it broke off.
pub(crate) async fn read(shared: &Arc<Shared>, query: &Query, hold: &Hold) -> (Yield, Result<(), CallError>) {
    let mut restarts = 0;
    let mut malformed = 0;
    let base = query.path();
    'list: loop {
        let mut got = Yield { began: Some(super::gather::now()), ..Yield::default() };
        let mut token = String::new();
        shared.progress.member(&base);
        loop {
            // A list that expired is read in larger pages, and at last in one.
            let limit = match restarts {
                0 | 1 => shared.page,
                2 => shared.page.saturating_mul(10),
                _ => 0,
            };
            let mut url = format!("{base}?limit={limit}");
            if !token.is_empty() {
                url.push_str(&format!("&continue={}", escape(&token)));
            }
            if !query.fields.is_empty() {
                url.push_str(&format!("&fieldSelector={}", escape(query.fields)));
            }
            let answer = match shared.reader.get(&url, query.accept).await {
                Ok(answer) => answer,
                Err(CallError::Expired(_)) if !token.is_empty() && restarts < RESTARTS => {
                    restarts += 1;
                    continue 'list;
                }
                Err(error) => return (got, Err(error)),
            };
            shared.progress.bytes(answer.body.len() as u64);
            let work = (Arc::clone(shared), query.clone(), Arc::clone(hold));
            let taken = tokio::task::spawn_blocking(move || take(answer.body, &work.0, &work.1, &work.2)).await;
            let batch = match taken {
                Ok(Ok(batch)) => batch,
                Ok(Err(error)) => {
                    malformed += 1;
                    if malformed < MALFORMED {
                        continue;
                    }
                    return (got, Err(error));
                }
                Err(_) => return (got, Err(CallError::Malformed("reading the page failed".to_owned()))),
            };
            shared.progress.objects(batch.objects.len() as u64);
            let next = batch.token.clone();
            if let Err(error) = got.add(batch, shared.spool) {
                return (got, Err(error));
            }
            if next.is_empty() {
                return (got, Ok(()));
            }
            if next == token || got.objects > MOST {
                return (got, Err(CallError::Malformed("the list does not end".to_owned())));
            }
            token = next;
        }
    }
}

/// One page after cleaning.
struct Batch {
    objects: Vec<Cleaned>,
    held: Vec<(Name, Value)>,
    token: String,
    resource_version: String,
}

/// One object after cleaning.
struct Cleaned {
    item: Option<Item>,
    text: Option<Vec<u8>>,
    refs: Refs,
    /// Of a Namespace only: others are not needed again.
    name: Option<String>,
}

enum Taken {
    Object(Box<Cleaned>),
    Held(Name, Value),
}

fn take(body: Vec<u8>, shared: &Shared, query: &Query, hold: &Hold) -> Result<Batch, CallError> {
    let page: Page<'_> =
        serde_json::from_slice(&body).map_err(|error| CallError::Malformed(super::call::words(&error.to_string())))?;
    if page.items.is_none() && !page.kind.as_deref().is_some_and(|kind| kind.ends_with("List")) {
        return Err(CallError::Malformed("it is no list".to_owned()));
    }
    let items = page.items.unwrap_or_default();
    let taken: Vec<Taken> =
        items.par_iter().map(|raw| one(raw.get(), shared, query, hold)).collect::<Result<_, _>>()?;
    let meta = page.metadata.unwrap_or_default();
    let mut batch = Batch {
        objects: Vec::with_capacity(taken.len()),
        held: Vec::new(),
        token: meta.token.unwrap_or_default(),
        resource_version: meta.resource_version.unwrap_or_default(),
    };
    for one in taken {
        match one {
            Taken::Object(object) => batch.objects.push(*object),
            Taken::Held(name, value) => batch.held.push((name, value)),
        }
    }
    Ok(batch)
}

fn one(text: &str, shared: &Shared, query: &Query, hold: &Hold) -> Result<Taken, CallError> {
    let mut value: Value =
        serde_json::from_str(text).map_err(|error| CallError::Malformed(super::call::words(&error.to_string())))?;
    settle_type(&mut value, &query.resource);
    if let (Some(kind), Some(map)) = (query.secret_type, value.as_object_mut()) {
        map.insert("type".to_owned(), kind.into());
    }
    let word = |key: &str| value.pointer(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = (word("/metadata/namespace"), word("/metadata/name"));
    if hold(&name) {
        clean(&query.resource.group, &query.resource.kind, &mut value);
        return Ok(Taken::Held(name, value));
    }
    Ok(Taken::Object(Box::new(finish(value, shared, query))))
}

/// Items of a list carry no type of their own; metadata-only ones carry a wrong one.
fn settle_type(value: &mut Value, resource: &Resource) {
    if let Some(map) = value.as_object_mut() {
        map.insert("apiVersion".to_owned(), api_version(resource).into());
        map.insert("kind".to_owned(), resource.kind.clone().into());
    }
}

/// `apps/v1`.
pub(crate) fn api_version(resource: &Resource) -> String {
    if resource.group.is_empty() {
        resource.version.clone()
    } else {
        format!("{}/{}", resource.group, resource.version)
    }
}

fn finish(mut value: Value, shared: &Shared, query: &Query) -> Cleaned {
    let resource = &query.resource;
    let mut refs = Refs::default();
    refs.of(&resource.group, &resource.kind, &value);
    clean(&resource.group, &resource.kind, &mut value);
    let name = value.pointer("/metadata/name").and_then(Value::as_str).filter(|_| resource.kind == "Namespace");
    let name = name.map(str::to_owned);
    Cleaned {
        item: shared.decode.then(|| pages::decode(&value, &api_version(resource), &resource.kind, &query.path())),
        // Writing a JSON value to memory does not fail.
        text: if shared.spool { serde_json::to_vec(&value).ok() } else { None },
        refs,
        name,
    }
}

impl Yield {
    fn add(&mut self, batch: Batch, spool: bool) -> Result<(), CallError> {
        self.resource_version = batch.resource_version;
        self.held.extend(batch.held);
        if spool && self.spool.is_none() {
            self.spool = Some(Spool::new().map_err(|e| CallError::Request(e.to_string()))?);
        }
        for object in batch.objects {
            self.push(object)?;
        }
        Ok(())
    }

    fn push(&mut self, object: Cleaned) -> Result<(), CallError> {
        self.objects += 1;
        self.items.extend(object.item);
        self.refs.add(object.refs);
        self.names.extend(object.name);
        if let (Some(spool), Some(text)) = (&mut self.spool, object.text) {
            spool.push(&text).map_err(|error| CallError::Request(error.to_string()))?;
        }
        Ok(())
    }

    /// Adds an object that was read by name.
    pub(crate) fn add_one(&mut self, mut value: Value, shared: &Shared, query: &Query) -> Result<(), CallError> {
        settle_type(&mut value, &query.resource);
        if shared.spool && self.spool.is_none() {
            self.spool = Some(Spool::new().map_err(|e| CallError::Request(e.to_string()))?);
        }
        let cleaned = finish(value, shared, query);
        self.push(cleaned)
    }

    /// Takes over what another list of the same scope yielded.
    pub(crate) fn join(&mut self, other: Self) -> Result<(), CallError> {
        self.items.extend(other.items);
        self.objects += other.objects;
        self.refs.add(other.refs);
        self.held.extend(other.held);
        self.names.extend(other.names);
        self.began = self.began.or(other.began);
        // Of several lists the oldest: nothing that happened after it is missed.
        if self.resource_version.is_empty() {
            self.resource_version = other.resource_version;
        }
        match (&mut self.spool, other.spool) {
            (Some(own), Some(theirs)) => theirs
                .finish()
                .and_then(|pile| pile.each(|value| own.push(&serde_json::to_vec(&value)?)))
                .map_err(|error| CallError::Request(error.to_string())),
            (own @ None, theirs) => {
                *own = theirs;
                Ok(())
            }
            (Some(_), None) => Ok(()),
        }
    }
}
