//! Whom the API server asks: admissionregistration.k8s.io webhook configurations, the conversion webhooks of
//! definitions, and apiregistration.k8s.io `APIServices`. Of certificates only public facts are kept.

use base64::Engine as _;
use serde::{Deserialize, Deserializer};

use super::lenient::{Field, Flag, List, null_default};
use super::{Condition, Meta, Pem};
use crate::snapshot::kinds::{ApiRules, Applied, Stays, Variant, keep, keep_judgement};
use crate::snapshot::{GroupKind, is_masked};

/// `ValidatingWebhookConfiguration` and `MutatingWebhookConfiguration`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct WebhookConfiguration {
    /// Which of the two. Set by the builder.
    #[serde(skip)]
    pub group_kind: Option<GroupKind>,
    pub metadata: Meta,
    pub webhooks: List<Webhook>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Webhook {
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    #[serde(deserialize_with = "null_default")]
    pub client_config: ClientConfig,
    /// `Fail` or `Ignore`.
    pub failure_policy: Option<String>,
    pub rules: List<WebhookRule>,
}

/// How the API server reaches a webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientConfig {
    pub url: Option<String>,
    pub service: Option<ServiceReference>,
    #[serde(deserialize_with = "bundle")]
    pub ca_bundle: Pem,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ServiceReference {
    #[serde(deserialize_with = "null_default")]
    pub namespace: String,
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    /// 443 unless given.
    pub port: Field<u16>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookRule {
    pub operations: List<String>,
    pub api_groups: List<String>,
    pub resources: List<String>,
}

/// Where the objects of a definition are converted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Conversion {
    /// `None` or `Webhook`.
    #[serde(deserialize_with = "null_default")]
    pub strategy: String,
    pub webhook: Option<ConversionWebhook>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConversionWebhook {
    #[serde(deserialize_with = "null_default")]
    pub client_config: ClientConfig,
}

/// apiregistration.k8s.io `APIService`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ApiService {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: ApiServiceSpec,
    pub status: Option<ApiServiceStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ApiServiceSpec {
    #[serde(deserialize_with = "null_default")]
    pub group: String,
    #[serde(deserialize_with = "null_default")]
    pub version: String,
    /// None where the API server serves it itself.
    pub service: Option<ServiceReference>,
    #[serde(deserialize_with = "bundle")]
    pub ca_bundle: Pem,
    #[serde(rename = "insecureSkipTLSVerify")]
    pub insecure_skip_tls_verify: Flag,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ApiServiceStatus {
    pub conditions: List<Condition>,
}

/// Base64 of a PEM text. What is no base64 was put there by a collector: the API server stores no such thing.
fn bundle<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pem, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(Pem::default()) };
    let packed: String = text.split_ascii_whitespace().collect();
    if is_masked(&text) {
        return Ok(Pem::hidden());
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(packed).ok();
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map_or_else(Pem::hidden, |pem| Pem::of(&pem)))
}

impl ServiceReference {
    /// The port that is dialled; `None` where it was masked.
    pub fn number(&self) -> Option<u16> {
        match &self.port {
            Field::Known(port) => Some(*port),
            Field::Absent => Some(443),
            _ => None,
        }
    }
}

impl ApiRules for WebhookConfiguration {
    fn set_kind(&mut self, kind: GroupKind, _: Variant) {
        self.group_kind = Some(kind);
    }

    fn own_kind(&self) -> Option<GroupKind> {
        self.group_kind.clone()
    }

    // A controller writes the bundle into what was applied without one.
    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |new, live| {
            new.webhooks.change(|webhook| {
                let before = live.webhooks.iter().find(|before| before.name == webhook.name);
                if let Some(before) = before.filter(|_| webhook.client_config.ca_bundle.is_empty()) {
                    webhook.client_config.ca_bundle = before.client_config.ca_bundle.clone();
                }
            });
        })
    }
}

impl ApiRules for ApiService {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ApiService, ClientConfig, ServiceReference};

    /// Source: admissionregistration.k8s.io/v1 `WebhookClientConfig` (`caBundle` is bytes; `service.port` defaults to
    /// 443).
    #[test]
    fn a_bundle_is_empty_hidden_or_a_pem_text() {
        let read = |bundle: serde_json::Value| {
            serde_json::from_value::<ClientConfig>(json!({"caBundle": bundle})).unwrap().ca_bundle
        };
        assert!(read(json!(null)).is_empty() && read(json!("")).is_empty() && read(json!("Cg==")).is_empty());
        assert!(read(json!("***HIDDEN***")).masked && read(json!("not base64!")).masked);
        let text = read(json!("bm90IGEgY2VydGlmaWNhdGU="));
        assert!(text.is_shown() && !text.has_certificate());
    }

    #[test]
    fn a_port_that_is_not_given_is_443() {
        let read = |service| serde_json::from_value::<ServiceReference>(service).unwrap().number();
        assert_eq!(read(json!({"namespace": "a", "name": "b"})), Some(443));
        assert_eq!(read(json!({"namespace": "a", "name": "b", "port": 8443})), Some(8443));
        let local: ApiService = serde_json::from_value(json!({"spec": {"group": "apps", "version": "v1"}})).unwrap();
        assert!(local.spec.service.is_none());
    }
}
