//! Traefik's own kinds, as far as they decide where traffic goes.
//!
//! Source: traefik/traefik `pkg/provider/kubernetes/crd/traefikio/v1alpha1` (the types); both groups have the same.

use serde::Deserialize;

use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::model::Unmodelled;
use kubereach_model::snapshot::model::lenient::{Field, Flag, List, PortRef, null_default};
use kubereach_model::snapshot::{Found, GroupKind, Lookup, Snapshot};

/// The groups, today's first.
pub const GROUPS: [&str; 2] = ["traefik.io", "traefik.containo.us"];

/// What an IngressRoute takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Takes {
    /// Requests.
    Http,
    /// Connections.
    Tcp,
    /// Datagrams.
    Udp,
}

impl Takes {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Http, Self::Tcp, Self::Udp];

    /// The kind of object.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Http => "IngressRoute",
            Self::Tcp => "IngressRouteTCP",
            Self::Udp => "IngressRouteUDP",
        }
    }

    /// The kind of its middlewares.
    pub const fn middleware(self) -> &'static str {
        match self {
            Self::Http | Self::Udp => "Middleware",
            Self::Tcp => "MiddlewareTCP",
        }
    }
}

/// The spec of an IngressRoute of any kind.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteSpec {
    /// The class, compared as text.
    pub ingress_class_name: Option<String>,
    /// Where Traefik listens; none for the default ones.
    pub entry_points: List<String>,
    /// In the order of the object.
    pub routes: List<Route>,
    /// That it speaks TLS.
    pub tls: Option<Tls>,
    /// Routes in front of these.
    pub parent_refs: List<NameRef>,
}

/// One route.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Route {
    /// `Rule` or nothing.
    #[serde(deserialize_with = "null_default")]
    pub kind: String,
    /// The rule.
    #[serde(rename = "match", deserialize_with = "null_default")]
    pub rule: String,
    /// 0 for the length of the rule.
    pub priority: Field<i64>,
    /// `v2` or `v3`.
    pub syntax: Option<String>,
    /// Where it leads.
    pub services: List<ServiceRef>,
    /// What is done on the way.
    pub middlewares: List<NameRef>,
}

impl Route {
    /// The length of the rule, unless one is given.
    pub fn priority(&self) -> i64 {
        match self.priority.known() {
            Some(0) | None => i64::try_from(self.rule.len()).unwrap_or(i64::MAX),
            Some(priority) => *priority,
        }
    }
}

/// Namespace and name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NameRef {
    /// The name, perhaps with `@provider`.
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    /// The own one if empty.
    #[serde(deserialize_with = "null_default")]
    pub namespace: String,
}

/// `spec.tls`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Tls {
    /// The certificate.
    #[serde(deserialize_with = "null_default")]
    pub secret_name: String,
    /// A TLSOption.
    pub options: Option<NameRef>,
    /// TLS is passed through (TCP).
    pub passthrough: Flag,
    /// Traefik gets a certificate itself.
    #[serde(deserialize_with = "null_default")]
    pub cert_resolver: String,
}

/// A Service, or a TraefikService.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceRef {
    /// `Service`, `TraefikService` or nothing.
    #[serde(deserialize_with = "null_default")]
    pub kind: String,
    /// The name, perhaps with `@provider`.
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    /// The own one if empty.
    #[serde(deserialize_with = "null_default")]
    pub namespace: String,
    /// By number or name.
    pub port: Option<PortRef>,
    /// `http`, `https`, `h2c` or nothing.
    #[serde(deserialize_with = "null_default")]
    pub scheme: String,
    /// 1 if absent.
    pub weight: Field<i64>,
    /// The cluster address is dialled.
    #[serde(rename = "nativeLB")]
    pub native_lb: Flag,
    /// Node ports are dialled.
    #[serde(rename = "nodePortLB")]
    pub node_port_lb: Flag,
    /// Only for names outside the cluster.
    pub health_check: Option<serde::de::IgnoredAny>,
    /// Middlewares of the Service.
    pub middlewares: List<NameRef>,
}

/// The spec of a TraefikService.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceSpec {
    /// By weight.
    pub weighted: Option<Several>,
    /// A copy goes elsewhere.
    pub mirroring: Option<Mirroring>,
    /// By weight and client.
    pub highest_random_weight: Option<Several>,
    /// One in the place of another.
    pub failover: Option<Failover>,
}

/// Several Services.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Several {
    /// Each with its weight.
    pub services: List<ServiceRef>,
}

/// One Service, and others that get copies.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Mirroring {
    /// That answers.
    #[serde(flatten)]
    pub main: ServiceRef,
    /// That get copies.
    pub mirrors: List<ServiceRef>,
}

/// One Service, and one in its place.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Failover {
    /// That answers.
    #[serde(deserialize_with = "null_default")]
    pub service: ServiceRef,
    /// While the other does not.
    #[serde(deserialize_with = "null_default")]
    pub fallback: ServiceRef,
}

/// The spec of a Middleware, as far as it decides whether a request gets through.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MiddlewareSpec {
    /// Others in a row.
    pub chain: Option<Chain>,
    /// A redirect to another scheme or port.
    pub redirect_scheme: Option<RedirectScheme>,
    /// A redirect of what an expression takes.
    pub redirect_regex: Option<RedirectRegex>,
    /// A page for errors.
    pub errors: Option<ErrorPage>,
    /// Users of a Secret.
    pub basic_auth: Option<Auth>,
    /// Users of a Secret.
    pub digest_auth: Option<Auth>,
}

/// Middlewares in a row.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Chain {
    /// In order.
    pub middlewares: List<NameRef>,
}

/// `redirectScheme`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RedirectScheme {
    /// The new scheme.
    #[serde(deserialize_with = "null_default")]
    pub scheme: String,
    /// The new port.
    pub port: Field<String>,
}

/// `redirectRegex`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RedirectRegex {
    /// What it takes.
    #[serde(deserialize_with = "null_default")]
    pub regex: String,
    /// Where to.
    #[serde(deserialize_with = "null_default")]
    pub replacement: String,
}

/// `errors`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ErrorPage {
    /// Who makes the page.
    #[serde(deserialize_with = "null_default")]
    pub service: ServiceRef,
}

/// `basicAuth`, `digestAuth`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Auth {
    /// A Secret with the users.
    #[serde(deserialize_with = "null_default")]
    pub secret: String,
}

/// A spec as its type; the error is the decoder's.
pub fn spec<T: for<'de> Deserialize<'de> + Default>(object: &Unmodelled) -> Result<T, String> {
    if object.spec.is_null() {
        return Ok(T::default());
    }
    T::deserialize(&object.spec).map_err(|error| error.to_string())
}

/// Every object of one of Traefik's kinds, with its group.
pub fn all<'s>(snapshot: &'s Snapshot, kind: &str) -> impl Iterator<Item = (Found<'s, Unmodelled>, &'static str)> {
    snapshot.unmodelled.iter().filter_map(move |found| {
        let own = found.get().value.group_kind.as_ref()?;
        let group = GROUPS.into_iter().find(|group| own.group == *group)?;
        (own.kind == kind).then_some((found, group))
    })
}

/// The object of this kind and name, in the group asked for or else the other one.
pub fn lookup<'s>(
    cluster: &ClusterIndex<'s>,
    group: &'static str,
    kind: &'static str,
    namespace: &str,
    name: &str,
) -> Lookup<'s, Unmodelled> {
    let named = || cluster.snapshot.unmodelled.named(namespace, name);
    let of = |group: &str| {
        named().find(|o| o.get().value.group_kind.as_ref().is_some_and(|own| own.group == group && own.kind == kind))
    };
    if let Some(found) = of(group).or_else(|| GROUPS.into_iter().find_map(of)) {
        return Lookup::Found(found);
    }
    let kind_of = GroupKind::known(group, kind);
    match cluster.snapshot.nothing_else_of(&kind_of, Some(namespace), format!("{kind} {namespace}/{name}")) {
        Ok(absence) => Lookup::Absent(absence),
        Err(gap) => Lookup::Unknown(gap),
    }
}
