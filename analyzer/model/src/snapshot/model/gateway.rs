//! gateway.networking.k8s.io: GatewayClass, Gateway, ListenerSet, ReferenceGrant, BackendTLSPolicy.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::lenient::{Field, List, null_default};
use super::{Condition, Meta};
use crate::snapshot::LabelSelector;
use crate::snapshot::defaults::{default_option, each};
use crate::snapshot::kinds::{ApiRules, Applied, Stays, keep, keep_judgement};

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GatewayClass {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: GatewayClassSpec,
    pub status: Option<Conditions>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewayClassSpec {
    pub controller_name: Option<String>,
}

/// A status of which only the conditions matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Conditions {
    pub conditions: List<Condition>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Gateway {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: GatewaySpec,
    pub status: Option<GatewayStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewaySpec {
    #[serde(deserialize_with = "null_default")]
    pub gateway_class_name: String,
    pub listeners: List<Listener>,
    pub addresses: List<GatewayAddress>,
    pub allowed_listeners: Option<AllowedListeners>,
    pub tls: Option<GatewayTls>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GatewayAddress {
    /// After defaulting: `IPAddress`, `Hostname` or an implementation's own.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub value: Field<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Listener {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub hostname: Option<String>,
    pub port: Field<u16>,
    #[serde(deserialize_with = "null_default")]
    pub protocol: String,
    pub tls: Option<ListenerTls>,
    pub allowed_routes: Option<AllowedRoutes>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListenerTls {
    /// After defaulting: `Terminate` or `Passthrough`.
    pub mode: Option<String>,
    pub certificate_refs: List<ObjectReference>,
    /// Settings of the implementation.
    #[serde(deserialize_with = "null_default")]
    pub options: BTreeMap<String, String>,
    /// v1alpha/v1.3 experimental place of client validation.
    pub frontend_validation: Option<FrontendValidation>,
}

/// `spec.tls` of a Gateway (v1.4+): client certificates to backends, validation of clients.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GatewayTls {
    pub backend: Option<GatewayBackendTls>,
    pub frontend: Option<GatewayFrontendTls>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewayBackendTls {
    pub client_certificate_ref: Option<ObjectReference>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewayFrontendTls {
    pub default: Option<FrontendTlsConfig>,
    pub per_port: List<PerPortTls>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PerPortTls {
    pub port: Field<u16>,
    pub tls: Option<FrontendTlsConfig>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct FrontendTlsConfig {
    pub validation: Option<FrontendValidation>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FrontendValidation {
    pub ca_certificate_refs: List<ObjectReference>,
    pub mode: Option<String>,
}

/// A reference to another object; group and kind default by context.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectReference {
    pub group: Option<String>,
    pub kind: Option<String>,
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub namespace: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AllowedRoutes {
    pub namespaces: Option<NamespacesFrom>,
    pub kinds: List<AllowedKind>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AllowedListeners {
    pub namespaces: Option<NamespacesFrom>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NamespacesFrom {
    /// After defaulting: `All`, `Same`, `Selector` or `None`.
    pub from: Option<String>,
    pub selector: Option<LabelSelector>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AllowedKind {
    pub group: Option<String>,
    #[serde(deserialize_with = "null_default")]
    pub kind: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GatewayStatus {
    pub addresses: List<GatewayAddress>,
    pub conditions: List<Condition>,
    pub listeners: List<ListenerStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListenerStatus {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub attached_routes: Field<i64>,
    pub supported_kinds: List<AllowedKind>,
    pub conditions: List<Condition>,
}

/// ListenerSet (v1.5) and its experimental predecessor `XListenerSet`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ListenerSet {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: ListenerSetSpec,
    pub status: Option<GatewayStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListenerSetSpec {
    #[serde(deserialize_with = "null_default")]
    pub parent_ref: ObjectReference,
    pub listeners: List<Listener>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReferenceGrant {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: ReferenceGrantSpec,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReferenceGrantSpec {
    pub from: List<GrantFrom>,
    pub to: List<GrantTo>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GrantFrom {
    #[serde(deserialize_with = "null_default")]
    pub group: String,
    #[serde(deserialize_with = "null_default")]
    pub kind: String,
    #[serde(deserialize_with = "null_default")]
    pub namespace: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GrantTo {
    #[serde(deserialize_with = "null_default")]
    pub group: String,
    #[serde(deserialize_with = "null_default")]
    pub kind: String,
    pub name: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BackendTlsPolicy {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: BackendTlsPolicySpec,
    pub status: Option<PolicyStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BackendTlsPolicySpec {
    pub target_refs: List<PolicyTarget>,
    #[serde(deserialize_with = "null_default")]
    pub validation: BackendTlsValidation,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyTarget {
    #[serde(deserialize_with = "null_default")]
    pub group: String,
    #[serde(deserialize_with = "null_default")]
    pub kind: String,
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub section_name: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BackendTlsValidation {
    pub ca_certificate_refs: List<ObjectReference>,
    #[serde(rename = "wellKnownCACertificates")]
    pub well_known_ca_certificates: Option<String>,
    pub hostname: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PolicyStatus {
    pub ancestors: List<PolicyAncestor>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyAncestor {
    #[serde(deserialize_with = "null_default")]
    pub controller_name: String,
    pub conditions: List<Condition>,
}

impl Listener {
    fn apply_defaults(&mut self) {
        let allowed = self.allowed_routes.get_or_insert_with(AllowedRoutes::default);
        let namespaces = allowed.namespaces.get_or_insert_with(NamespacesFrom::default);
        default_option(&mut namespaces.from, "Same");
        if let Some(tls) = &mut self.tls {
            default_option(&mut tls.mode, "Terminate");
        }
    }
}

impl ApiRules for GatewayClass {
    fn drop_status(&mut self) {
        self.status = None;
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep_judgement(self, live, self.spec == live.spec, |o| &o.status, |o, status| o.status = status)
    }
}

impl ApiRules for Gateway {
    fn apply_defaults(&mut self) {
        each(&mut self.spec.listeners, Listener::apply_defaults);
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

impl ApiRules for ListenerSet {
    fn apply_defaults(&mut self) {
        each(&mut self.spec.listeners, Listener::apply_defaults);
    }

    fn drop_status(&mut self) {
        self.status = None;
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep_judgement(self, live, self.spec == live.spec, |o| &o.status, |o, status| o.status = status)
    }
}

impl ApiRules for ReferenceGrant {
    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |_, _| ())
    }
}

impl ApiRules for BackendTlsPolicy {
    fn drop_status(&mut self) {
        self.status = None;
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep_judgement(self, live, self.spec == live.spec, |o| &o.status, |o, status| o.status = status)
    }
}
