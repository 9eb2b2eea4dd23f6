//! Objects that annotations of ingress-nginx name and without which it denies the whole location (503).
//!
//! Sources: kubernetes/ingress-nginx `internal/ingress/annotations/{auth,authtls,proxyssl,customheaders,authreq}/main.go`
//! (`LocationDenied`), `rootfs/etc/nginx/template/nginx.tmpl` (`isLocationAllowed`).

use kubereach_model::snapshot::model::{ConfigMap, Secret};
use kubereach_model::snapshot::{Absence, Found, Gap, Lookup};

use super::state::IngressState;
use crate::resolve::ClusterIndex;
use crate::resolve::controllers::Product;
use crate::resolve::controllers::annotations::NGINX;

/// An annotation that names an object.
#[derive(Debug, Clone, Copy)]
struct Demand {
    /// Without the prefix of ingress-nginx.
    annotation: &'static str,
    /// It means something only beside this one.
    beside: Option<&'static str>,
    kind: Kind,
    /// The key that must be in it, unless the second annotation has the second value.
    key: Option<(&'static str, Option<(&'static str, &'static str)>)>,
}

/// What it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A Secret.
    Secret,
    /// A ConfigMap.
    ConfigMap,
}

impl Kind {
    /// Its name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Secret => "Secret",
            Self::ConfigMap => "ConfigMap",
        }
    }
}

const fn demand(annotation: &'static str, kind: Kind) -> Demand {
    Demand { annotation, beside: None, kind, key: None }
}

const DEMANDS: [Demand; 5] = [
    Demand {
        beside: Some("auth-type"),
        key: Some(("auth", Some(("auth-secret-type", "auth-map")))),
        ..demand("auth-secret", Kind::Secret)
    },
    Demand { key: Some(("ca.crt", None)), ..demand("auth-tls-secret", Kind::Secret) },
    demand("proxy-ssl-secret", Kind::Secret),
    demand("custom-headers", Kind::ConfigMap),
    demand("auth-proxy-set-headers", Kind::ConfigMap),
];

/// An object that an Ingress needs and does not have for certain.
#[derive(Debug)]
pub struct Unmet<'s> {
    /// The annotation that names it.
    pub annotation: String,
    /// Its kind.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What is the matter.
    pub state: State<'s>,
}

/// What is the matter with an object that is needed.
#[derive(Debug)]
pub enum State<'s> {
    /// It does not exist.
    Missing(Absence),
    /// This key is not in it.
    Lacks(Found<'s, Secret>, &'static str),
    /// It was not read.
    Unseen(Gap),
    /// It is not among the manifests, which seldom hold Secrets, although they were declared to be all.
    NotInManifests(Gap),
}

/// Every such object of an Ingress that ingress-nginx serves.
pub fn unmet<'s>(cluster: &ClusterIndex<'s>, state: &IngressState<'s>) -> Vec<Unmet<'s>> {
    if !state.is(Product::IngressNginx) {
        return Vec::new();
    }
    let annotation = |name: &str| state.annotation(&format!("{NGINX}{name}"));
    let own = state.ingress.metadata.namespace.as_str();
    let look = |demand: &Demand| {
        let value = annotation(demand.annotation)?;
        if demand.beside.is_some_and(|other| annotation(other).is_none()) {
            return None;
        }
        let (namespace, name) = value.split_once('/').unwrap_or((own, value));
        let found = match demand.kind {
            Kind::ConfigMap => of(cluster.snapshot.lookup::<ConfigMap>(namespace, name), |_| None),
            Kind::Secret
                if cluster.is_manifests() && cluster.snapshot.secrets.named(namespace, name).next().is_none() =>
            {
                left_open(cluster, namespace, name)
            }
            Kind::Secret => of(cluster.snapshot.lookup::<Secret>(namespace, name), |secret| {
                let (key, unless) = demand.key?;
                let excused = unless.is_some_and(|(name, value)| annotation(name) == Some(value));
                let has = |keys: &[String]| keys.iter().any(|k| k == key);
                let there = secret.stripped || has(&secret.keys) || has(&secret.masked_keys);
                (!excused && !there).then_some(State::Lacks(secret, key))
            }),
        };
        Some(Unmet {
            annotation: format!("{NGINX}{}", demand.annotation),
            kind: demand.kind,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            state: found?,
        })
    };
    DEMANDS.iter().filter_map(look).collect()
}

/// Secrets are made by other means than manifests: that one is not among them proves nothing.
fn left_open<'s>(cluster: &ClusterIndex<'s>, namespace: &str, name: &str) -> Option<State<'s>> {
    match cluster.snapshot.lookup::<Secret>(namespace, name) {
        Lookup::Found(_) => None,
        Lookup::Unknown(gap) => Some(State::Unseen(gap)),
        Lookup::Absent(_) => {
            let what = format!("whether Secret {namespace}/{name} exists");
            Some(State::NotInManifests(Gap::by_design(what, "manifests seldom hold Secrets")))
        }
    }
}

fn of<'s, T>(lookup: Lookup<'s, T>, fault: impl FnOnce(Found<'s, T>) -> Option<State<'s>>) -> Option<State<'s>> {
    match lookup {
        Lookup::Absent(absence) => Some(State::Missing(absence)),
        Lookup::Unknown(gap) => Some(State::Unseen(gap)),
        Lookup::Found(found) => fault(found),
    }
}
