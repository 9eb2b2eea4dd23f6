//! gateway.networking.k8s.io routes, in one shape.

use serde::Deserialize;

use super::lenient::{Field, List, null_default};
use super::{Condition, Meta, ObjectReference};
use crate::snapshot::GroupKind;
use crate::snapshot::defaults::{default_option, each};
use crate::snapshot::kinds::{ApiRules, Applied, ROUTES, Stays, Variant, keep_judgement};

/// Which kind of route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum RouteKind {
    #[default]
    Http,
    Grpc,
    Tls,
    Tcp,
    Udp,
}

impl RouteKind {
    /// Every kind, in the order reports list them.
    pub const ALL: [Self; 5] = [Self::Http, Self::Grpc, Self::Tls, Self::Tcp, Self::Udp];

    /// Kind, as Kubernetes spells it.
    pub const fn word(self) -> &'static str {
        ROUTES[self as usize].kind
    }

    /// Its group and kind.
    pub const fn group_kind(self) -> GroupKind {
        ROUTES[self as usize].group_kind()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Route {
    /// Set by the builder from the object's kind.
    #[serde(skip)]
    pub kind: RouteKind,
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: RouteSpec,
    pub status: Option<RouteStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteSpec {
    pub parent_refs: List<ParentRef>,
    pub hostnames: List<String>,
    pub rules: List<RouteRule>,
    /// GAMMA and policies aside, `useDefaultGateways` (experimental) attaches without a parentRef.
    pub use_default_gateways: Option<String>,
}

/// Defaults: group `gateway.networking.k8s.io`, kind `Gateway`, the route's own namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ParentRef {
    pub group: Option<String>,
    pub kind: Option<String>,
    pub namespace: Option<String>,
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub section_name: Option<String>,
    pub port: Field<u16>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteRule {
    pub name: Option<String>,
    pub matches: List<RouteMatch>,
    pub filters: List<Filter>,
    pub backend_refs: List<BackendRef>,
    pub timeouts: Option<Timeouts>,
}

/// How long a request may take (GEP-2257: `500ms`, `1m30s`; zero for as long as it likes).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Timeouts {
    pub request: Option<String>,
    pub backend_request: Option<String>,
}

/// A match of an HTTPRoute (`path`, `headers`, `queryParams`, `method` as text) or a GRPCRoute
/// (`method` as a map, `headers`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteMatch {
    pub path: Option<PathMatch>,
    pub headers: List<HeaderMatch>,
    pub query_params: List<HeaderMatch>,
    pub method: Option<MethodMatch>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum MethodMatch {
    /// HTTP method.
    Http(String),
    /// gRPC service and method.
    Grpc(GrpcMethod),
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GrpcMethod {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub service: Option<String>,
    pub method: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PathMatch {
    /// After defaulting: `Exact`, `PathPrefix` or `RegularExpression`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub value: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HeaderMatch {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    /// An unquoted number or boolean in hand-written YAML reads as its text.
    #[serde(deserialize_with = "text")]
    pub value: String,
}

fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Field::<String>::deserialize(deserializer)? {
        Field::Known(text) => text,
        Field::Invalid(text) => text.into(),
        Field::Absent | Field::Redacted => String::new(),
    })
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    #[serde(rename = "type", deserialize_with = "null_default")]
    pub kind: String,
    pub request_mirror: Option<MirrorFilter>,
    pub extension_ref: Option<ObjectReference>,
    pub request_header_modifier: Option<HeaderFilter>,
    pub response_header_modifier: Option<HeaderFilter>,
    pub request_redirect: Option<RewriteFilter>,
    pub url_rewrite: Option<RewriteFilter>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HeaderFilter {
    pub set: List<HeaderMatch>,
    pub add: List<HeaderMatch>,
    pub remove: List<String>,
}

/// A redirect or a rewrite: what the two have in common, and the redirect's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RewriteFilter {
    pub scheme: Option<String>,
    pub hostname: Option<String>,
    pub path: Option<PathModifier>,
    /// Of a redirect alone.
    pub port: Field<u16>,
    pub status_code: Field<i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PathModifier {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub replace_full_path: Option<String>,
    pub replace_prefix_match: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MirrorFilter {
    #[serde(deserialize_with = "null_default")]
    pub backend_ref: BackendRef,
}

/// Defaults: core group, kind `Service`, the route's own namespace, weight 1.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BackendRef {
    pub group: Option<String>,
    pub kind: Option<String>,
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub namespace: Option<String>,
    pub port: Field<u16>,
    pub weight: Field<i64>,
    pub filters: List<Filter>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RouteStatus {
    pub parents: List<ParentStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ParentStatus {
    #[serde(deserialize_with = "null_default")]
    pub parent_ref: ParentRef,
    #[serde(deserialize_with = "null_default")]
    pub controller_name: String,
    pub conditions: List<Condition>,
}

impl ApiRules for Route {
    fn set_kind(&mut self, _: GroupKind, variant: Variant) {
        if let Variant::Route(kind) = variant {
            self.kind = kind;
        }
    }

    fn own_kind(&self) -> Option<GroupKind> {
        Some(self.kind.group_kind())
    }

    fn apply_defaults(&mut self) {
        each(&mut self.spec.parent_refs, |parent| {
            parent.group.get_or_insert_with(|| "gateway.networking.k8s.io".to_owned());
            default_option(&mut parent.kind, "Gateway");
        });
        each(&mut self.spec.rules, |rule| {
            each(&mut rule.backend_refs, |backend| {
                backend.group.get_or_insert_with(String::new);
                default_option(&mut backend.kind, "Service");
                if backend.weight.is_absent() {
                    backend.weight = Field::Known(1);
                }
            });
            each(&mut rule.matches, |m| {
                if let Some(path) = &mut m.path {
                    default_option(&mut path.kind, "PathPrefix");
                    default_option(&mut path.value, "/");
                }
            });
        });
    }

    fn has_status(&self) -> bool {
        self.status.is_some()
    }

    fn drop_status(&mut self) {
        self.status = None;
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep_judgement(self, live, self.spec == live.spec, |o| &o.status, |o, status| o.status = status)
    }
}
