//! Istio's own kinds, as far as they decide where traffic goes.
//!
//! Source: istio/api `networking/v1alpha3` (`virtual_service.proto`, `gateway.proto`, `destination_rule.proto`,
//! `service_entry.proto`); v1 and v1beta1 are the same.

use std::collections::BTreeMap;

use serde::Deserialize;

use kubereach_model::snapshot::model::Unmodelled;
use kubereach_model::snapshot::model::lenient::{Field, Flag, List, null_default};
use kubereach_model::snapshot::{Found, GroupKind, Snapshot};

/// The group of all of them.
pub const GROUP: &str = "networking.istio.io";

/// The spec of a VirtualService.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VirtualServiceSpec {
    /// The hosts that it is for; none for a delegate.
    pub hosts: List<String>,
    /// Where it is served; none for the mesh.
    pub gateways: List<String>,
    /// Rules for requests, the first that fits counts.
    pub http: List<HttpRoute>,
    /// Rules for TLS that is passed through.
    pub tls: List<TlsRoute>,
    /// Rules for connections.
    pub tcp: List<TcpRoute>,
    /// Namespaces that see it; none for all.
    pub export_to: List<String>,
}

/// A rule for requests.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpRoute {
    /// What it takes; none for everything.
    #[serde(rename = "match")]
    pub matches: List<HttpMatch>,
    /// Where it leads.
    pub route: List<Weighted>,
    /// It redirects.
    pub redirect: Option<Redirect>,
    /// It answers itself.
    pub direct_response: Option<DirectResponse>,
    /// Another VirtualService goes on from it.
    pub delegate: Option<Delegate>,
}

/// What a rule takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpMatch {
    /// Path.
    pub uri: Option<Text>,
    /// `http`, `https`.
    pub scheme: Option<Text>,
    /// Method.
    pub method: Option<Text>,
    /// Host.
    pub authority: Option<Text>,
    /// Headers.
    #[serde(deserialize_with = "null_default")]
    pub headers: BTreeMap<String, Option<Text>>,
    /// Headers that must not be so.
    #[serde(deserialize_with = "null_default")]
    pub without_headers: BTreeMap<String, Option<Text>>,
    /// Parameters.
    #[serde(deserialize_with = "null_default")]
    pub query_params: BTreeMap<String, Option<Text>>,
    /// Of the server.
    pub port: Field<i64>,
    /// Of the client's pod.
    #[serde(deserialize_with = "null_default")]
    pub source_labels: BTreeMap<String, String>,
    /// Of the client.
    pub source_namespace: Option<String>,
    /// Gateways in the place of those of the object.
    pub gateways: List<String>,
    /// The path is compared without regard to case.
    pub ignore_uri_case: Flag,
}

impl HttpMatch {
    /// Does it take every request?
    pub fn takes_everything(&self) -> bool {
        let any_path = self.uri.as_ref().is_none_or(|uri| uri.prefix.as_deref() == Some("/"));
        any_path && Self { uri: None, ..self.clone() } == Self::default()
    }
}

/// A text that is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Text {
    /// The same.
    pub exact: Option<String>,
    /// Beginning so.
    pub prefix: Option<String>,
    /// As RE2 takes it.
    pub regex: Option<String>,
}

impl Text {
    /// For prose.
    pub fn shown(&self) -> String {
        match (&self.exact, &self.prefix, &self.regex) {
            (Some(text), ..) => text.clone(),
            (None, Some(text), _) => format!("{text}*"),
            (None, None, Some(text)) => format!("~{text}"),
            (None, None, None) => "*".to_owned(),
        }
    }
}

/// A destination with its weight.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Weighted {
    /// Where.
    #[serde(deserialize_with = "null_default")]
    pub destination: Destination,
    /// Its share.
    pub weight: Field<i64>,
}

/// A destination.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Destination {
    /// A host of the mesh.
    #[serde(deserialize_with = "null_default")]
    pub host: String,
    /// A subset of a DestinationRule.
    #[serde(deserialize_with = "null_default")]
    pub subset: String,
    /// Its port.
    pub port: Option<PortNumber>,
}

/// A port by its number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PortNumber {
    /// The number.
    pub number: Field<u16>,
}

/// A redirect.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Redirect {
    /// Another path.
    pub uri: Option<String>,
    /// Another host.
    pub authority: Option<String>,
    /// Another scheme.
    pub scheme: Option<String>,
    /// 301 if absent.
    pub redirect_code: Field<i64>,
}

/// An answer of the proxy itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct DirectResponse {
    /// Its status.
    pub status: Field<i64>,
}

/// Another VirtualService.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Delegate {
    /// Its name.
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    /// The own one if empty.
    #[serde(deserialize_with = "null_default")]
    pub namespace: String,
}

/// A rule for TLS that is passed through.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TlsRoute {
    /// What it takes.
    #[serde(rename = "match")]
    pub matches: List<TlsMatch>,
    /// Where it leads.
    pub route: List<Weighted>,
}

/// What a rule for TLS takes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TlsMatch {
    /// Server names.
    pub sni_hosts: List<String>,
    /// Of the server.
    pub port: Field<i64>,
    /// Gateways in the place of those of the object.
    pub gateways: List<String>,
}

/// A rule for connections.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TcpRoute {
    /// What it takes; none for everything.
    #[serde(rename = "match")]
    pub matches: List<TcpMatch>,
    /// Where it leads.
    pub route: List<Weighted>,
}

/// What a rule for connections takes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TcpMatch {
    /// Of the server.
    pub port: Field<i64>,
    /// Gateways in the place of those of the object.
    pub gateways: List<String>,
}

/// The spec of a Gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct GatewaySpec {
    /// Where its pods listen.
    pub servers: List<Server>,
    /// Which pods.
    #[serde(deserialize_with = "null_default")]
    pub selector: BTreeMap<String, String>,
}

/// A server of a Gateway.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Its port.
    #[serde(deserialize_with = "null_default")]
    pub port: ServerPort,
    /// Its hosts, perhaps with the namespace of the VirtualServices that may use it.
    pub hosts: List<String>,
    /// How it speaks TLS.
    pub tls: Option<ServerTls>,
}

/// The port of a server.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ServerPort {
    /// The number.
    pub number: Field<u16>,
    /// The name.
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    /// `HTTP`, `HTTPS`, `TLS`, `TCP`, …
    #[serde(deserialize_with = "null_default")]
    pub protocol: String,
}

/// How a server speaks TLS.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerTls {
    /// Plain requests are redirected.
    pub https_redirect: Flag,
    /// `PASSTHROUGH`, `SIMPLE`, `MUTUAL`, …
    #[serde(deserialize_with = "null_default")]
    pub mode: String,
    /// A Secret.
    #[serde(deserialize_with = "null_default")]
    pub credential_name: String,
    /// Several.
    pub credential_names: List<String>,
}

/// The spec of a DestinationRule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleSpec {
    /// The host that it is for.
    #[serde(deserialize_with = "null_default")]
    pub host: String,
    /// Its subsets.
    pub subsets: List<Subset>,
}

/// A subset.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Subset {
    /// Its name.
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    /// Of its pods.
    #[serde(deserialize_with = "null_default")]
    pub labels: BTreeMap<String, String>,
}

/// The spec of a ServiceEntry.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EntrySpec {
    /// The hosts that it adds to the mesh.
    pub hosts: List<String>,
    /// Their ports.
    pub ports: List<ServerPort>,
    /// Namespaces that see it; none for all.
    pub export_to: List<String>,
}

/// Every object of one of Istio's kinds.
pub fn all<'s>(snapshot: &'s Snapshot, kind: &'static str) -> impl Iterator<Item = Found<'s, Unmodelled>> {
    snapshot.unmodelled.of_kind(&GroupKind::known(GROUP, kind))
}
