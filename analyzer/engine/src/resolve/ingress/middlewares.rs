//! Middlewares that an Ingress of Traefik names: `NAMESPACE-NAME@kubernetescrd`. With one that is not there Traefik makes
//! no router.
//!
//! Sources: traefik/traefik `pkg/server/middleware/middlewares.go` ("does not exist"), `pkg/server/router/router.go`
//! (a router whose chain cannot be built is left out), `pkg/provider/kubernetes/crd/kubernetes.go` (names).

use std::cell::OnceCell;
use std::collections::HashSet;

use kubereach_model::snapshot::kinds::{KINDS, Shape};
use kubereach_model::snapshot::{Absence, Gap, GroupKind, Snapshot};

use super::state::IngressState;
use crate::resolve::ClusterIndex;
use crate::resolve::controllers::Product;

/// The annotation.
pub const ANNOTATION: &str = "traefik.ingress.kubernetes.io/router.middlewares";
/// The kind; until Traefik 2 in another group.
const GROUPS: [&str; 2] = ["traefik.io", "traefik.containo.us"];
const KIND: &str = "Middleware";

/// A middleware that is named and was not found.
#[derive(Debug, Clone)]
pub struct Unmet {
    /// As the annotation names it.
    pub name: String,
    /// A middleware of this namespace that is probably meant, as it would have to be named.
    pub meant: Option<String>,
    /// That it does not exist; otherwise that Middlewares were not read.
    pub proof: Result<Absence, Gap>,
}

/// The names of every Middleware, gathered when they are first asked for.
#[derive(Debug, Default)]
pub(super) struct Middlewares {
    names: OnceCell<HashSet<String>>,
}

impl Middlewares {
    /// Those that an Ingress names and that were not found.
    pub(super) fn unmet(&self, cluster: &ClusterIndex<'_>, state: &IngressState<'_>) -> Vec<Unmet> {
        let Some(list) = state.annotation(ANNOTATION).filter(|_| state.is(Product::Traefik)) else { return Vec::new() };
        let names = self.names.get_or_init(|| names(cluster.snapshot));
        let own = state.ingress.metadata.namespace.as_str();
        let look = |named: &str| {
            let (name, provider) = named.split_once('@').unwrap_or((named, ""));
            // Of other providers nothing is in the cluster. Without one the router's own is meant, which has none.
            if !matches!(provider, "" | "kubernetescrd") || (provider == "kubernetescrd" && names.contains(name)) {
                return None;
            }
            let full = format!("{own}-{name}");
            let meant = names.contains(&full).then(|| format!("{full}@kubernetescrd"));
            let meant = meant.or_else(|| names.contains(name).then(|| format!("{name}@kubernetescrd")));
            Some(Unmet { name: named.to_owned(), meant, proof: absent(cluster.snapshot, named) })
        };
        list.split(',').map(str::trim).filter(|named| !named.is_empty()).filter_map(look).collect()
    }
}

fn names(snapshot: &Snapshot) -> HashSet<String> {
    let mut shapes = vec![Shape::Unmodelled];
    shapes.extend(KINDS.iter().filter(|row| row.kind == KIND).map(|row| row.shape));
    shapes.dedup();
    let mut names = HashSet::new();
    for shape in shapes {
        for object in snapshot.store(shape).objects() {
            let kind = object.group_kind();
            if kind.kind == KIND && GROUPS.contains(&&*kind.group) {
                let meta = object.meta();
                names.insert(format!("{}-{}", meta.namespace, meta.name));
            }
        }
    }
    names
}

/// A name does not say where the namespace ends: all of them must have been read.
fn absent(snapshot: &Snapshot, named: &str) -> Result<Absence, Gap> {
    let what = format!("a Middleware that is called {named}");
    let [today, _] = GROUPS;
    snapshot.nothing_else_of(&GroupKind::known(today, KIND), None, what)
}
