//! Ingress (networking.k8s.io; v1 and the older `serviceName`/`servicePort` shape), what was modelled after it, and
//! IngressClass.

use serde::Deserialize;

use super::Meta;
use super::lenient::{Field, List, PortRef, null_default};
use super::service::ServiceStatus;
use crate::snapshot::defaults::{default_option, each};
use crate::snapshot::kinds::{ApiRules, Applied, Stays, keep, or_live};
use crate::snapshot::{is_masked, is_word_to_fill};

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Ingress {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: IngressSpec,
    pub status: Option<ServiceStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressSpec {
    pub ingress_class_name: Option<String>,
    /// `backend` before v1.
    #[serde(alias = "backend")]
    pub default_backend: Option<IngressBackend>,
    pub rules: List<IngressRule>,
    pub tls: List<IngressTls>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, from = "RawBackend")]
pub struct IngressBackend {
    pub service: Option<IngressServiceBackend>,
    pub resource: Option<TypedReference>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressServiceBackend {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    /// By number or name; `None` if neither is there.
    #[serde(deserialize_with = "backend_port")]
    pub port: Option<PortRef>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TypedReference {
    pub api_group: Option<String>,
    #[serde(deserialize_with = "null_default")]
    pub kind: String,
    #[serde(deserialize_with = "null_default")]
    pub name: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RawBackend {
    service: Option<IngressServiceBackend>,
    resource: Option<TypedReference>,
    service_name: Option<String>,
    service_port: Option<PortRef>,
}

impl From<RawBackend> for IngressBackend {
    fn from(raw: RawBackend) -> Self {
        let old = raw.service_name.map(|name| IngressServiceBackend { name, port: raw.service_port });
        Self { service: raw.service.or(old), resource: raw.resource }
    }
}

fn backend_port<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<PortRef>, D::Error> {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Port {
        number: Field<u16>,
        name: Option<String>,
    }
    let port: Port = null_default(d)?;
    Ok(match port.number {
        Field::Known(n) => Some(PortRef::Number(n)),
        Field::Redacted => Some(PortRef::Redacted),
        // What is no number is a placeholder or a slip: which port is meant is not known.
        Field::Invalid(_) => Some(PortRef::Redacted),
        Field::Absent => port.name.filter(|n| !n.is_empty()).map(|name| {
            if is_masked(&name) || is_word_to_fill(&name) { PortRef::Redacted } else { PortRef::Name(name) }
        }),
    })
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressRule {
    pub host: Option<String>,
    pub http: Option<HttpRules>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HttpRules {
    pub paths: List<IngressPath>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressPath {
    pub path: Option<String>,
    /// After defaulting: `Exact`, `Prefix` or `ImplementationSpecific`.
    pub path_type: Option<String>,
    #[serde(deserialize_with = "null_default")]
    pub backend: IngressBackend,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressTls {
    pub hosts: List<String>,
    pub secret_name: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancerIngress {
    pub ip: Field<String>,
    pub hostname: Option<String>,
    pub ip_mode: Option<String>,
    pub ports: List<PortStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PortStatus {
    pub port: Field<u16>,
    pub protocol: Option<String>,
    pub error: Option<String>,
}

/// `TCPIngress` of configuration.konghq.com (Kong): as an Ingress, of connections.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TcpIngress {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: TcpIngressSpec,
    pub status: Option<ServiceStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TcpIngressSpec {
    pub rules: List<TcpIngressRule>,
    pub tls: List<IngressTls>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TcpIngressRule {
    pub host: Option<String>,
    pub port: Field<u16>,
    #[serde(deserialize_with = "null_default")]
    pub backend: IngressBackend,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressClass {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: IngressClassSpec,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressClassSpec {
    pub controller: Option<String>,
}

impl IngressClass {
    pub fn is_default(&self) -> bool {
        self.metadata.annotation("ingressclass.kubernetes.io/is-default-class") == Some("true")
    }
}

impl ApiRules for Ingress {
    fn apply_defaults(&mut self) {
        each(&mut self.spec.rules, |rule| {
            if let Some(http) = &mut rule.http {
                each(&mut http.paths, |path| default_option(&mut path.path_type, "ImplementationSpecific"));
            }
        });
    }

    fn has_status(&self) -> bool {
        self.status.is_some()
    }

    fn drop_status(&mut self) {
        self.status = None;
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, keep_class)
    }
}

/// The class that admission filled in stays where the manifest names none. A published address is the
/// word of the controller of that class: with another class it says nothing any more.
fn keep_class(new: &mut Ingress, live: &Ingress) {
    or_live(&mut new.spec.ingress_class_name, &live.spec.ingress_class_name);
    let class = |i: &Ingress| {
        let annotation = i.metadata.annotation("kubernetes.io/ingress.class").map(str::to_owned);
        (i.spec.ingress_class_name.clone(), annotation)
    };
    new.status.clone_from(&live.status);
    if class(live) != class(new)
        && let Some(status) = &mut new.status
    {
        status.load_balancer.ingress = Vec::new().into();
    }
}

impl ApiRules for TcpIngress {
    fn has_status(&self) -> bool {
        self.status.is_some()
    }

    fn drop_status(&mut self) {
        self.status = None;
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |new, live| new.status.clone_from(&live.status))
    }
}

impl ApiRules for IngressClass {
    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |_, _| ())
    }
}
