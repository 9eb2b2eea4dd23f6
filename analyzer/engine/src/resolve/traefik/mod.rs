//! Traefik's IngressRoutes: who serves them, what their rules take, and what they lead to.

pub mod asked;
pub mod leaves;
pub mod middlewares;
pub mod objects;
pub mod rule;
pub mod settings;
pub mod shape;

use std::collections::BTreeMap;

use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::model::Unmodelled;
use kubereach_model::snapshot::{Found, Lookup};

use objects::{NameRef, RouteSpec, Takes};
use settings::Tier;

/// The annotation that came before `spec.ingressClassName`.
const CLASS: &str = "kubernetes.io/ingress.class";

/// Every IngressRoute of every kind.
#[derive(Debug)]
pub struct Traefik<'s> {
    /// Who serves them.
    pub tier: Option<Tier<'s>>,
    /// In the order of kind, namespace and name.
    pub entries: Vec<Entry<'s>>,
    /// By namespace and name of an IngressRoute: those that name it as their parent.
    children: BTreeMap<(String, String), Vec<usize>>,
}

/// One of them.
#[derive(Debug)]
pub struct Entry<'s> {
    /// The object.
    pub found: Found<'s, Unmodelled>,
    /// Its group.
    pub group: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Its spec; the error says why it cannot be read.
    pub spec: Result<RouteSpec, String>,
}

impl<'s> Entry<'s> {
    /// Its class; empty for none. (`getIngressClassName`)
    pub fn class(&self) -> &str {
        let annotation = || self.found.get().value.metadata.annotation(CLASS);
        let field = self.spec.as_ref().ok().and_then(|spec| spec.ingress_class_name.as_deref());
        field.or_else(annotation).unwrap_or_default()
    }

    /// Its namespace.
    pub fn namespace(&self) -> &'s str {
        self.found.get().value.metadata.namespace.as_str()
    }

    /// Its name.
    pub fn name(&self) -> &'s str {
        self.found.get().value.metadata.name.as_str()
    }
}

impl<'s> Traefik<'s> {
    /// Reads them all; nothing is looked for where there are none.
    pub fn of(cluster: &ClusterIndex<'s>) -> Self {
        let mut entries = Vec::new();
        for takes in Takes::ALL {
            entries.extend(objects::all(cluster.snapshot, takes.kind()).map(|(found, group)| Entry {
                found,
                group,
                takes,
                spec: objects::spec(&found.get().value),
            }));
        }
        let tier = if entries.is_empty() { None } else { Tier::of(cluster) };
        let mut children: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            for parent in entry.spec.iter().flat_map(|spec| &spec.parent_refs) {
                children.entry(named(entry, parent)).or_default().push(at);
            }
        }
        Self { tier, entries, children }
    }

    /// Those that name it as their parent.
    pub fn children(&self, entry: &Entry<'_>) -> impl Iterator<Item = &Entry<'s>> {
        let key = (entry.namespace().to_owned(), entry.name().to_owned());
        let of = self.children.get(&key).filter(|_| entry.takes == Takes::Http);
        of.into_iter().flatten().filter_map(|at| self.entries.get(*at))
    }

    /// The IngressRoute that an entry names as its parent.
    pub fn parent(&self, cluster: &ClusterIndex<'s>, entry: &Entry<'s>, parent: &NameRef) -> Lookup<'s, Unmodelled> {
        let (namespace, name) = named(entry, parent);
        objects::lookup(cluster, entry.group, Takes::Http.kind(), &namespace, &name)
    }
}

fn named(entry: &Entry<'_>, parent: &NameRef) -> (String, String) {
    let namespace = if parent.namespace.is_empty() { entry.namespace() } else { &parent.namespace };
    (namespace.to_owned(), parent.name.clone())
}
