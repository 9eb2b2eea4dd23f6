//! The whole read: who am I, what is served, every list, and what is said of each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kubereach_reports::report::CoverageState;
use serde_json::Value;
use tokio::task::JoinSet;

use super::LiveError;
use super::ask::{self, Ask};
use super::call::CallError;
use super::client::{Accept, Reader, Review, path};
use super::connect::Connection;
use super::discovery::{Discovered, Resource, discover};
use super::list::{self, Hold, Query, Shared, Yield};
use super::refs::{Name, Refs};
use kubereach_intake::item::Item;
use kubereach_intake::layouts::kubereach::{API_VERSION, KIND, ListRecord, Record};
use kubereach_intake::progress::Progress;
use kubereach_model::snapshot::kinds::KINDS;
use kubereach_model::snapshot::model::keeps_values;

/// Everything that was read.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) record: Record,
    pub(crate) lists: Vec<Gotten>,
    pub(crate) version: Value,
    pub(crate) discovered: Discovered,
}

/// The objects of one list.
#[derive(Debug)]
pub(crate) struct Gotten {
    pub(crate) resource: Resource,
    pub(crate) path: String,
    pub(crate) items: Vec<Item>,
    pub(crate) spool: Option<super::spool::Spool>,
}

/// For whom the objects are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To judge them now.
    Judge,
    /// To write them down.
    Keep,
}

/// Namespaces to fall back to.
#[derive(Debug, Clone, Default)]
struct Namespaces {
    names: Vec<String>,
    /// These are all namespaces of the cluster.
    all: bool,
}

/// What was found out before the first list.
struct Opening {
    taken_at: jiff::Timestamp,
    version: Value,
    user: String,
    discovered: Discovered,
}

async fn opening(reader: &Reader, ask: &Ask, connection: &Connection) -> Result<Opening, LiveError> {
    let refuse = |error| LiveError::Server { server: connection.server.clone(), error };
    let answer = reader.get("/version", Accept::Json).await;
    let (taken_at, version) = match answer {
        Ok(answer) => (answer.date, serde_json::from_slice(&answer.body).unwrap_or_default()),
        // Whoever may not see the version may still see the rest.
        Err(CallError::Forbidden(_) | CallError::NotFound(_)) => (None, Value::Null),
        Err(error) => return Err(refuse(error)),
    };
    let needed = |group: &str| ask::needs_group(ask, group);
    let discovered = discover(reader, &needed).await.map_err(refuse)?;
    let me = reader.review(&Review::SelfSubject).await.unwrap_or_default();
    let user = me.pointer("/userInfo/username").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Opening { taken_at: taken_at.unwrap_or_else(now), version, user, discovered })
}

/// Reads everything that was asked for.
pub(crate) async fn gather(
    connection: &Connection,
    reader: Reader,
    ask: &Ask,
    purpose: Purpose,
    progress: Box<dyn Progress + Send>,
) -> Result<Gathered, LiveError> {
    let opening = opening(&reader, ask, connection).await?;
    let wanted = ask::wanted(ask, &opening.discovered);
    let shared = Arc::new(Shared {
        reader,
        page: ask.page,
        decode: purpose == Purpose::Judge,
        spool: purpose == Purpose::Keep,
        progress,
    });
    let mut gathering =
        Gathering { shared, ask, said: wanted.said, lists: Vec::new(), refs: Refs::default(), refusal: None };
    let (first, rest): (Vec<_>, Vec<_>) = wanted.resources.into_iter().partition(|r| is_core(r, "Namespace"));
    let (named, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|r| is_confidential(&r.group, &r.kind));
    let namespaces = gathering.namespaces(first, connection).await;
    gathering.lists(rest, &namespaces).await;
    // Which of these are read whole depends on what the others name.
    gathering.lists(named, &namespaces).await;
    if gathering.lists.is_empty()
        && let Some(words) = gathering.refusal
    {
        return Err(LiveError::Server { server: connection.server.clone(), error: words });
    }
    let mut lists = gathering.said;
    lists.sort();
    let git = opening.version.get("gitVersion").and_then(Value::as_str).unwrap_or_default();
    let record = Record {
        api_version: API_VERSION.to_owned(),
        kind: KIND.to_owned(),
        tool: concat!("kubereach ", env!("CARGO_PKG_VERSION")).to_owned(),
        taken_at: opening.taken_at.to_string(),
        finished_at: now().to_string(),
        server_version: git.to_owned(),
        user: opening.user,
        namespaces: if ask.only_namespaces { ask.namespaces.clone() } else { Vec::new() },
        kinds: ask.kinds.clone(),
        pseudonyms: false,
        lists,
    };
    Ok(Gathered { record, lists: gathering.lists, version: opening.version, discovered: opening.discovered })
}

/// The time in whole seconds, as API servers tell it.
pub(crate) fn now() -> jiff::Timestamp {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// Is the content of this kind read only where something names the object?
pub(super) fn is_confidential(group: &str, kind: &str) -> bool {
    KINDS.iter().any(|k| k.confidential && k.group == group && k.kind == kind)
}

fn is_core(resource: &Resource, kind: &str) -> bool {
    resource.group.is_empty() && resource.kind == kind
}

struct Gathering<'a> {
    shared: Arc<Shared>,
    ask: &'a Ask,
    said: Vec<ListRecord>,
    lists: Vec<Gotten>,
    refs: Refs,
    /// The first refusal, in case nothing else comes of it all.
    refusal: Option<CallError>,
}

/// One scope of a resource after reading.
struct Scope {
    resource: Resource,
    namespace: Option<String>,
    got: Yield,
    end: Result<(), CallError>,
}

impl Gathering<'_> {
    /// The Namespaces, and which of them to try where the whole cluster may not be listed.
    async fn namespaces(&mut self, resource: Vec<Resource>, connection: &Connection) -> Namespaces {
        let mut named = self.ask.namespaces.clone();
        if named.is_empty() {
            named.push(connection.namespace.clone());
        }
        named.sort();
        named.dedup();
        let Some(resource) = resource.into_iter().next() else {
            return Namespaces { names: named, all: false };
        };
        let mut scope = self.scope(resource, None).await;
        if self.ask.only_namespaces {
            named.clone_from(&self.ask.namespaces);
        }
        if matches!(scope.end, Err(CallError::Forbidden(_))) {
            // Whoever may not list them may still look at their own.
            let query = query(&scope.resource, None);
            for name in &named {
                let path = path("", "v1", None, "namespaces", Some(name));
                if let Ok(value) = self.shared.reader.get_as::<Value>(&path, Accept::Json).await
                    && scope.got.add_one(value, &self.shared, &query).is_err()
                {
                    break;
                }
            }
        }
        let listed = scope.end.is_ok();
        let found = std::mem::take(&mut scope.got.names);
        let state = self.settle(&scope, None);
        self.said.push(state);
        self.keep(scope);
        if self.ask.only_namespaces || !listed {
            return Namespaces { names: named, all: false };
        }
        Namespaces { names: found, all: true }
    }

    /// Reads resources side by side.
    async fn lists(&mut self, resources: Vec<Resource>, namespaces: &Namespaces) {
        let mut tasks = JoinSet::new();
        for resource in resources {
            let work = Work { shared: Arc::clone(&self.shared), refs: self.refs.clone(), read_tls: self.ask.read_tls };
            let namespaces = namespaces.clone();
            let only = self.ask.only_namespaces;
            tasks.spawn(async move { work.resource(resource, namespaces, only).await });
        }
        while let Some(done) = tasks.join_next().await {
            // A task that fell over leaves its kind unsaid, which reads as not collected.
            if let Ok(scopes) = done {
                self.statements(scopes, namespaces);
            }
        }
    }

    async fn scope(&self, resource: Resource, namespace: Option<String>) -> Scope {
        let work = Work { shared: Arc::clone(&self.shared), refs: self.refs.clone(), read_tls: self.ask.read_tls };
        work.scope(resource, namespace).await
    }

    /// Says what the scopes of one resource show.
    fn statements(&mut self, scopes: Vec<Scope>, namespaces: &Namespaces) {
        let (whole, single): (Vec<_>, Vec<_>) = scopes.into_iter().partition(|s| s.namespace.is_none());
        let complete = single.iter().filter(|s| s.end.is_ok()).count();
        let refused = single.iter().filter(|s| matches!(s.end, Err(CallError::Forbidden(_)))).count();
        let covered = namespaces.all && !single.is_empty() && complete == single.len();
        for scope in &whole {
            let mut said = self.settle(scope, None);
            if covered {
                said.state = Some(CoverageState::Complete);
                "every namespace of the cluster was listed by itself".clone_into(&mut said.reason);
                said.objects = Some(single.iter().map(|s| s.got.objects).sum());
            } else if complete > 0 && matches!(scope.end, Err(CallError::Forbidden(_))) {
                said.reason = format!("the whole cluster may not be listed: {}", said.reason);
            }
            self.said.push(said);
        }
        if whole.is_empty()
            && let Some(one) = single.first()
        {
            self.said.push(ListRecord {
                group: one.resource.group.clone(),
                kind: one.resource.kind.clone(),
                state: Some(CoverageState::NotCollected),
                reason: format!("only objects in {} were asked for (-n)", self.ask.namespaces.join(", ")),
                ..ListRecord::default()
            });
        }
        // Where every namespace was refused the statement about the cluster says it all.
        let quiet = refused == single.len() && !whole.is_empty();
        for scope in &single {
            if !quiet && !covered {
                let said = self.settle(scope, scope.namespace.clone());
                self.said.push(said);
            }
        }
        for scope in whole.into_iter().chain(single) {
            self.keep(scope);
        }
    }

    fn settle(&mut self, scope: &Scope, namespace: Option<String>) -> ListRecord {
        let read = scope.got.objects;
        let (state, reason) = match &scope.end {
            Ok(()) => (CoverageState::Complete, "the API server listed them".to_owned()),
            Err(error) if read > 0 && !matches!(error, CallError::Forbidden(_)) => {
                (CoverageState::Partial, format!("the list broke off after {read} objects: {error}"))
            }
            Err(CallError::Forbidden(words)) => (CoverageState::Forbidden, words.clone()),
            Err(error) => (CoverageState::NotCollected, error.to_string()),
        };
        if let Err(error) = &scope.end {
            self.refusal.get_or_insert_with(|| error.clone());
        }
        ListRecord {
            group: scope.resource.group.clone(),
            kind: scope.resource.kind.clone(),
            namespace,
            state: Some(state),
            reason,
            source: scope.got_path(),
            objects: Some(read).filter(|_| scope.end.is_ok() || read > 0),
            resource_version: scope.got.resource_version.clone(),
            at: scope.got.began.map(|t| t.to_string()).unwrap_or_default(),
        }
    }

    fn keep(&mut self, scope: Scope) {
        let path = scope.got_path();
        self.refs.add(scope.got.refs);
        if scope.end.is_ok() || scope.got.objects > 0 {
            self.lists.push(Gotten { resource: scope.resource, path, items: scope.got.items, spool: scope.got.spool });
        }
    }
}

impl Scope {
    fn got_path(&self) -> String {
        query(&self.resource, self.namespace.clone()).path()
    }
}

fn query(resource: &Resource, namespace: Option<String>) -> Query {
    Query { resource: resource.clone(), namespace, accept: Accept::Json, fields: "", secret_type: None }
}

/// How a resource is asked for. Secrets never whole: their type is told by the selector that chose them.
fn queries(resource: &Resource, namespace: Option<&String>) -> Vec<Query> {
    let one = query(resource, namespace.cloned());
    match (resource.group.as_str(), resource.kind.as_str()) {
        ("", "Secret") => {
            let of = |fields, secret_type| Query { accept: Accept::Metadata, fields, secret_type, ..one.clone() };
            vec![
                of("type=kubernetes.io/tls", Some("kubernetes.io/tls")),
                of("type=Opaque", Some("Opaque")),
                of("type!=kubernetes.io/tls,type!=Opaque", None),
            ]
        }
        ("", "ConfigMap") => vec![Query { accept: Accept::Metadata, ..one }],
        // The model keeps warnings only; the others are most of them.
        ("", "Event") => vec![Query { fields: "type=Warning", ..one }],
        _ => vec![one],
    }
}

/// What one task needs.
struct Work {
    shared: Arc<Shared>,
    refs: Refs,
    read_tls: bool,
}

impl Work {
    /// The whole cluster; where that is refused, namespace by namespace.
    async fn resource(self, resource: Resource, namespaces: Namespaces, only: bool) -> Vec<Scope> {
        let mut scopes = Vec::new();
        if !(only && resource.namespaced) {
            let scope = self.scope(resource.clone(), None).await;
            let refused = matches!(scope.end, Err(CallError::Forbidden(_))) && scope.got.objects == 0;
            scopes.push(scope);
            if !refused || !resource.namespaced {
                return scopes;
            }
        }
        let work = Arc::new(self);
        let mut tasks = JoinSet::new();
        for namespace in namespaces.names {
            let (work, resource) = (Arc::clone(&work), resource.clone());
            tasks.spawn(async move { work.scope(resource, Some(namespace)).await });
        }
        while let Some(done) = tasks.join_next().await {
            scopes.extend(done.ok());
        }
        scopes.sort_by(|a, b| a.namespace.cmp(&b.namespace));
        scopes
    }

    async fn scope(&self, resource: Resource, namespace: Option<String>) -> Scope {
        let mut whole = Yield::default();
        let mut end = Ok(());
        for query in queries(&resource, namespace.as_ref()) {
            let hold = self.hold(&query);
            let (mut got, ended) = list::read(&self.shared, &query, &hold).await;
            let held = std::mem::take(&mut got.held);
            end = end.and(ended);
            let joined = whole.join(got);
            end = end.and(joined);
            let fetched = self.fetch(&query, held, &mut whole).await;
            end = end.and(fetched);
        }
        Scope { resource, namespace, got: whole, end }
    }

    /// Which objects are read by name after they were listed.
    fn hold(&self, query: &Query) -> Hold {
        if is_core(&query.resource, "ConfigMap") {
            let names: BTreeSet<Name> = self.refs.config_maps.clone();
            return Arc::new(move |name: &Name| keeps_values(&name.1) || names.contains(name));
        }
        // A pair may stand in a Secret of type Opaque: controllers look at the keys (ingress-nginx, Traefik, Envoy Gateway).
        if self.read_tls && query.secret_type.is_some() {
            let names: BTreeSet<Name> = self.refs.secrets.clone();
            return Arc::new(move |name: &Name| names.contains(name));
        }
        Arc::new(|_: &Name| false)
    }

    /// Reads held objects by name. Of a Secret that may not be read its name stays; a ConfigMap without its
    /// keys would read as one that lacks them, so it is left out and the list is no longer whole.
    async fn fetch(&self, query: &Query, held: Vec<(Name, Value)>, into: &mut Yield) -> Result<(), CallError> {
        let mut tasks = JoinSet::new();
        for (name, listed) in held {
            let reader = self.shared.reader.clone();
            let r = &query.resource;
            let path = path(&r.group, &r.version, Some(&name.0), &r.plural, Some(&name.1));
            tasks.spawn(async move { (name, listed, reader.get_as::<Value>(&path, Accept::Json).await) });
        }
        let mut found: BTreeMap<Name, Value> = BTreeMap::new();
        let mut end = Ok(());
        while let Some(done) = tasks.join_next().await {
            let Ok((name, listed, answer)) = done else { continue };
            match answer {
                Ok(value) => {
                    found.insert(name, value);
                }
                // Deleted since it was listed.
                Err(CallError::NotFound(_)) => {}
                Err(_) if is_core(&query.resource, "Secret") => {
                    found.insert(name, listed);
                }
                Err(error) => {
                    let said = format!("{} could not be read whole: {error}", name.1);
                    end = Err(CallError::Transport(said));
                }
            }
        }
        for value in found.into_values() {
            into.add_one(value, &self.shared, query)?;
        }
        end
    }
}

/// What a read would ask for, without asking: one line per request.
pub(crate) async fn preview(connection: &Connection, reader: &Reader, ask: &Ask) -> Result<Vec<String>, LiveError> {
    let opening = opening(reader, ask, connection).await?;
    let wanted = ask::wanted(ask, &opening.discovered);
    let mut lines = Vec::new();
    for resource in &wanted.resources {
        let scopes: Vec<Option<&String>> = if ask.only_namespaces && resource.namespaced {
            ask.namespaces.iter().map(Some).collect()
        } else {
            vec![None]
        };
        for query in scopes.into_iter().flat_map(|namespace| queries(resource, namespace)) {
            let selector =
                if query.fields.is_empty() { String::new() } else { format!("?fieldSelector={}", query.fields) };
            let form = if query.accept == Accept::Metadata { "  names and labels only" } else { "" };
            lines.push(format!("GET {}{selector}{form}", query.path()));
        }
    }
    if ask.read_tls {
        lines.push(
            "GET /api/v1/namespaces/NAMESPACE/secrets/NAME  of the pairs of certificate and key that a path names (--read-tls)".to_owned(),
        );
    }
    lines.extend(wanted.said.iter().filter(|s| s.state == Some(CoverageState::NotCollected)).map(|said| {
        let kind = if said.group.is_empty() { said.kind.clone() } else { format!("{}/{}", said.group, said.kind) };
        format!("not read: {kind}: {}", said.reason)
    }));
    Ok(lines)
}
