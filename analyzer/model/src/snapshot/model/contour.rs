//! Contour: `HTTPProxy` and `TLSCertificateDelegation` (projectcontour.io/v1). Policies that only have to be valid stay
//! as they were written.

use serde::Deserialize;
use serde_json::Value;

use super::lenient::{Field, Flag, List, null_default};
use super::service::LoadBalancerStatus;
use super::{Condition, Meta};
use crate::snapshot::kinds::{ApiRules, Applied, Stays, keep, keep_judgement};

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct HttpProxy {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: HttpProxySpec,
    pub status: Option<HttpProxyStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpProxySpec {
    pub virtualhost: Option<VirtualHost>,
    pub routes: List<ProxyRoute>,
    pub tcpproxy: Option<TcpProxy>,
    pub includes: List<ProxyInclude>,
    pub ingress_class_name: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VirtualHost {
    #[serde(deserialize_with = "null_default")]
    pub fqdn: String,
    pub tls: Option<ProxyTls>,
    pub authorization: Option<Value>,
    pub cors_policy: Option<Value>,
    pub rate_limit_policy: Option<Value>,
    pub jwt_providers: List<Value>,
    pub ip_allow_policy: List<Value>,
    pub ip_deny_policy: List<Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProxyTls {
    #[serde(deserialize_with = "null_default")]
    pub secret_name: String,
    #[serde(deserialize_with = "null_default")]
    pub minimum_protocol_version: String,
    #[serde(deserialize_with = "null_default")]
    pub maximum_protocol_version: String,
    pub passthrough: Flag,
    pub client_validation: Option<ClientValidation>,
    pub enable_fallback_certificate: Flag,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientValidation {
    #[serde(deserialize_with = "null_default")]
    pub ca_secret: String,
    #[serde(deserialize_with = "null_default")]
    pub crl_secret: String,
    pub skip_client_cert_validation: Flag,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProxyRoute {
    pub conditions: List<MatchCondition>,
    pub services: List<ProxyService>,
    pub timeout_policy: Option<Value>,
    pub rate_limit_policy: Option<Value>,
    pub health_check_policy: Option<Value>,
    pub load_balancer_policy: Option<Value>,
    pub path_rewrite_policy: Option<Value>,
    pub request_headers_policy: Option<Value>,
    pub response_headers_policy: Option<Value>,
    pub cookie_rewrite_policies: List<Value>,
    pub request_redirect_policy: Option<Value>,
    pub direct_response_policy: Option<Value>,
    pub jwt_verification_policy: Option<Value>,
    pub auth_policy: Option<Value>,
    pub permit_insecure: Flag,
    pub ip_allow_policy: List<Value>,
    pub ip_deny_policy: List<Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MatchCondition {
    #[serde(deserialize_with = "null_default")]
    pub prefix: String,
    #[serde(deserialize_with = "null_default")]
    pub exact: String,
    #[serde(deserialize_with = "null_default")]
    pub regex: String,
    pub header: Option<HeaderCondition>,
    pub query_parameter: Option<QueryCondition>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct HeaderCondition {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub present: Flag,
    pub notpresent: Flag,
    #[serde(deserialize_with = "null_default")]
    pub contains: String,
    #[serde(deserialize_with = "null_default")]
    pub notcontains: String,
    #[serde(deserialize_with = "null_default")]
    pub exact: String,
    #[serde(deserialize_with = "null_default")]
    pub notexact: String,
    #[serde(deserialize_with = "null_default")]
    pub regex: String,
    #[serde(rename = "ignoreCase")]
    pub ignore_case: Flag,
    #[serde(rename = "treatMissingAsEmpty")]
    pub treat_missing_as_empty: Flag,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct QueryCondition {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    #[serde(deserialize_with = "null_default")]
    pub exact: String,
    #[serde(deserialize_with = "null_default")]
    pub prefix: String,
    #[serde(deserialize_with = "null_default")]
    pub suffix: String,
    #[serde(deserialize_with = "null_default")]
    pub regex: String,
    #[serde(deserialize_with = "null_default")]
    pub contains: String,
    pub present: Flag,
    #[serde(rename = "ignoreCase")]
    pub ignore_case: Flag,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProxyService {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    pub port: Field<i64>,
    pub health_port: Field<i64>,
    pub protocol: Option<String>,
    pub weight: Field<i64>,
    pub mirror: Flag,
    pub validation: Option<UpstreamValidation>,
    pub request_headers_policy: Option<Value>,
    pub response_headers_policy: Option<Value>,
    pub cookie_rewrite_policies: List<Value>,
    pub slow_start_policy: Option<Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UpstreamValidation {
    #[serde(deserialize_with = "null_default")]
    pub ca_secret: String,
    #[serde(deserialize_with = "null_default")]
    pub subject_name: String,
    pub subject_names: List<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct TcpProxy {
    pub services: List<ProxyService>,
    pub include: Option<ProxyInclude>,
    /// As it was written before `include`.
    pub includes: Option<ProxyInclude>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ProxyInclude {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    #[serde(deserialize_with = "null_default")]
    pub namespace: String,
    pub conditions: List<MatchCondition>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpProxyStatus {
    #[serde(deserialize_with = "null_default")]
    pub current_status: String,
    #[serde(deserialize_with = "null_default")]
    pub description: String,
    #[serde(deserialize_with = "null_default")]
    pub load_balancer: LoadBalancerStatus,
    pub conditions: List<Condition>,
}

impl ApiRules for HttpProxy {
    fn has_status(&self) -> bool {
        self.status.as_ref().is_some_and(|status| !status.current_status.is_empty() || !status.conditions.is_empty())
    }

    fn drop_status(&mut self) {
        self.status = None;
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        let same = self.spec == live.spec;
        keep_judgement(self, live, same, |proxy| &proxy.status, |proxy, status| proxy.status = status)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TlsCertificateDelegation {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: DelegationSpec,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DelegationSpec {
    pub delegations: List<Delegation>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Delegation {
    #[serde(deserialize_with = "null_default")]
    pub secret_name: String,
    pub target_namespaces: List<String>,
}

impl ApiRules for TlsCertificateDelegation {
    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |_, _| ())
    }
}
