//! core/v1 Service.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ingress::LoadBalancerIngress;
use super::lenient::{Field, Flag, List, PortRef, null_default};
use super::{Condition, Meta};

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Service {
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: ServiceSpec,
    pub status: Option<ServiceStatus>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceSpec {
    /// After defaulting: `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
    #[serde(rename = "type", deserialize_with = "null_default")]
    pub kind: String,
    #[serde(deserialize_with = "null_default")]
    pub selector: BTreeMap<String, String>,
    pub ports: List<ServicePort>,
    #[serde(rename = "clusterIP")]
    pub cluster_ip: Field<String>,
    #[serde(rename = "clusterIPs")]
    pub cluster_ips: List<Field<String>>,
    pub external_name: Option<String>,
    #[serde(rename = "externalIPs")]
    pub external_ips: List<String>,
    pub external_traffic_policy: Option<String>,
    pub internal_traffic_policy: Option<String>,
    pub health_check_node_port: Field<i64>,
    pub load_balancer_class: Option<String>,
    #[serde(rename = "loadBalancerIP")]
    pub load_balancer_ip: Option<String>,
    pub load_balancer_source_ranges: List<String>,
    pub allocate_load_balancer_node_ports: Flag,
    pub publish_not_ready_addresses: Flag,
    pub ip_families: List<String>,
    pub ip_family_policy: Option<String>,
    pub session_affinity: Option<String>,
    pub traffic_distribution: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServicePort {
    /// Empty for an unnamed port.
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    /// After defaulting: `TCP`, `UDP` or `SCTP`.
    #[serde(deserialize_with = "null_default")]
    pub protocol: String,
    pub port: Field<u16>,
    /// After defaulting: the port's own number.
    pub target_port: Option<PortRef>,
    pub node_port: Field<u16>,
    pub app_protocol: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceStatus {
    #[serde(deserialize_with = "null_default")]
    pub load_balancer: LoadBalancerStatus,
    pub conditions: List<Condition>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancerStatus {
    pub ingress: List<LoadBalancerIngress>,
}

impl Service {
    pub fn is_external_name(&self) -> bool {
        self.spec.kind == "ExternalName"
    }

    /// `clusterIP: None`; kube-dump strips `clusterIP` and leaves `clusterIPs`.
    pub fn is_headless(&self) -> bool {
        let none = |ip: &Field<String>| ip.known().is_some_and(|ip| ip == "None");
        none(&self.spec.cluster_ip) || self.spec.cluster_ips.iter().any(none)
    }

    /// Without a selector nothing fills in its endpoints.
    pub fn is_selectorless(&self) -> bool {
        self.spec.selector.is_empty()
    }

    pub fn publishes_not_ready(&self) -> bool {
        self.spec.publish_not_ready_addresses.0 == Some(true)
            || self.metadata.annotation("service.alpha.kubernetes.io/tolerate-unready-endpoints") == Some("true")
    }
}

impl ServicePort {
    /// `http (80/TCP)` or `80/TCP`, for prose.
    pub fn describe(&self) -> String {
        let number = self.port.known().map_or_else(|| "?".to_owned(), u16::to_string);
        if self.name.is_empty() {
            format!("{number}/{}", self.protocol)
        } else {
            format!("{} ({number}/{})", self.name, self.protocol)
        }
    }
}
