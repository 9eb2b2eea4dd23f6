//! OpenShift: Route (route.openshift.io/v1) and `IngressController` (operator.openshift.io/v1). Of certificates only
//! public facts are kept, of keys that there is one.

use serde::Deserialize;

use super::lenient::{Field, List, PortRef, null_default};
use super::{Condition, LoadBalancerIngress, Meta, Pem};
use crate::snapshot::defaults::each;
use crate::snapshot::kinds::{ApiRules, Applied, Stays, keep};

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct OpenShiftRoute {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: OpenShiftRouteSpec,
    pub status: Option<OpenShiftRouteStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OpenShiftRouteSpec {
    #[serde(deserialize_with = "null_default")]
    pub host: String,
    #[serde(deserialize_with = "null_default")]
    pub subdomain: String,
    #[serde(deserialize_with = "null_default")]
    pub path: String,
    #[serde(deserialize_with = "null_default")]
    pub to: RouteTarget,
    pub alternate_backends: List<RouteTarget>,
    pub port: Option<RoutePort>,
    pub tls: Option<RouteTls>,
    #[serde(deserialize_with = "null_default")]
    pub wildcard_policy: String,
    pub http_headers: Option<RouteHeaders>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RouteTarget {
    #[serde(deserialize_with = "null_default")]
    pub kind: String,
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub weight: Field<i64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoutePort {
    pub target_port: Option<PortRef>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteTls {
    #[serde(deserialize_with = "null_default")]
    pub termination: String,
    #[serde(deserialize_with = "null_default")]
    pub certificate: Pem,
    #[serde(deserialize_with = "null_default")]
    pub key: Pem,
    #[serde(rename = "caCertificate", deserialize_with = "null_default")]
    pub ca_certificate: Pem,
    #[serde(rename = "destinationCACertificate", deserialize_with = "null_default")]
    pub destination_ca: Pem,
    #[serde(deserialize_with = "null_default")]
    pub insecure_edge_termination_policy: String,
    pub external_certificate: Option<LocalReference>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LocalReference {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RouteHeaders {
    #[serde(deserialize_with = "null_default")]
    pub actions: HeaderActions,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HeaderActions {
    pub request: List<HeaderAction>,
    pub response: List<HeaderAction>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HeaderAction {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    #[serde(deserialize_with = "null_default")]
    pub action: HeaderChange,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HeaderChange {
    #[serde(rename = "type", deserialize_with = "null_default")]
    pub kind: String,
    pub set: Option<HeaderValue>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HeaderValue {
    #[serde(deserialize_with = "null_default")]
    pub value: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, from = "RawStatus")]
pub struct OpenShiftRouteStatus {
    pub ingress: List<RouteIngress>,
    /// The names of the routers that admitted it.
    pub published: List<LoadBalancerIngress>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteIngress {
    #[serde(deserialize_with = "null_default")]
    pub host: String,
    #[serde(deserialize_with = "null_default")]
    pub router_name: String,
    #[serde(deserialize_with = "null_default")]
    pub router_canonical_hostname: String,
    pub conditions: List<Condition>,
}

impl RouteIngress {
    /// What this router says of the Route: admitted, refused (with the condition), or nothing.
    pub fn admitted(&self) -> Option<(bool, &Condition)> {
        use super::ConditionStatus::{False, True, Unknown};
        let condition = super::current(&self.conditions, "Admitted")?;
        match condition.status {
            True => Some((true, condition)),
            False => Some((false, condition)),
            Unknown => None,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawStatus {
    ingress: List<RouteIngress>,
}

impl From<RawStatus> for OpenShiftRouteStatus {
    fn from(raw: RawStatus) -> Self {
        let admitted = raw.ingress.iter().filter(|entry| entry.admitted().is_some_and(|(yes, _)| yes));
        let named = admitted.filter(|entry| !entry.router_canonical_hostname.is_empty()).map(|entry| {
            let hostname = Some(entry.router_canonical_hostname.clone());
            LoadBalancerIngress { hostname, ..LoadBalancerIngress::default() }
        });
        let published = named.collect::<Vec<_>>().into();
        Self { ingress: raw.ingress, published }
    }
}

impl OpenShiftRoute {
    /// The routers that say something of it.
    pub fn routers(&self) -> &[RouteIngress] {
        self.status.as_ref().map(|status| &*status.ingress).unwrap_or_default()
    }

    /// Has a router admitted it?
    pub fn is_admitted(&self) -> bool {
        self.routers().iter().any(|router| router.admitted().is_some_and(|(yes, _)| yes))
    }

    /// The host it is served under; empty where the API server or the router is still to choose one.
    pub fn host(&self) -> &str {
        let chosen = || self.routers().iter().map(|router| router.host.as_str()).find(|host| !host.is_empty());
        if self.spec.host.is_empty() { chosen().unwrap_or_default() } else { &self.spec.host }
    }

    /// `edge`, `passthrough`, `reencrypt` or what else stands there; `None` without TLS.
    pub fn termination(&self) -> Option<&str> {
        self.spec.tls.as_ref().map(|tls| tls.termination.as_str())
    }

    /// Every backend with where it stands, the primary one first.
    pub fn targets(&self) -> impl Iterator<Item = (Option<usize>, &RouteTarget)> {
        let others = self.spec.alternate_backends.iter().enumerate().map(|(i, target)| (Some(i), target));
        std::iter::once((None, &self.spec.to)).chain(others)
    }
}

impl ApiRules for OpenShiftRoute {
    // library-go `pkg/route/defaulting/defaults.go`.
    fn apply_defaults(&mut self) {
        let target = |target: &mut RouteTarget| {
            if target.kind.is_empty() {
                "Service".clone_into(&mut target.kind);
            }
            if target.weight.is_absent() {
                target.weight = Field::Known(100);
            }
        };
        target(&mut self.spec.to);
        each(&mut self.spec.alternate_backends, target);
        if self.spec.wildcard_policy.is_empty() {
            "None".clone_into(&mut self.spec.wildcard_policy);
        }
        if let Some(tls) = &mut self.spec.tls
            && tls.termination.is_empty()
            && tls.destination_ca.is_empty()
        {
            "edge".clone_into(&mut tls.termination);
        }
        if let Some(tls) = &mut self.spec.tls
            && matches!(tls.termination.as_str(), "Edge" | "Passthrough" | "Reencrypt")
        {
            tls.termination.make_ascii_lowercase();
        }
    }

    fn has_status(&self) -> bool {
        self.status.as_ref().is_some_and(|status| !status.ingress.is_empty())
    }

    fn drop_status(&mut self) {
        self.status = None;
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |new, live| {
            if new.spec.host.is_empty() {
                new.spec.host.clone_from(&live.spec.host);
            }
            // What the routers said is said of the host and path that were there.
            if new.spec.host == live.spec.host && new.spec.path == live.spec.path {
                new.status.clone_from(&live.status);
            } else {
                new.status = live.status.as_ref().map(|_| OpenShiftRouteStatus::default());
            }
        })
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressController {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: IngressControllerSpec,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressControllerSpec {
    #[serde(deserialize_with = "null_default")]
    pub route_admission: RouteAdmission,
    #[serde(deserialize_with = "null_default")]
    pub route_selector: serde_json::Value,
    #[serde(deserialize_with = "null_default")]
    pub namespace_selector: serde_json::Value,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteAdmission {
    #[serde(deserialize_with = "null_default")]
    pub namespace_ownership: String,
    #[serde(deserialize_with = "null_default")]
    pub wildcard_policy: String,
}

impl IngressController {
    /// Does it take only some of the Routes?
    pub fn is_shard(&self) -> bool {
        !self.spec.route_selector.is_null() || !self.spec.namespace_selector.is_null()
    }
}

impl ApiRules for IngressController {
    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |_, _| ())
    }
}
