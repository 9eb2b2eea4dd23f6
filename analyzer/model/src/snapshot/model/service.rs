//! core/v1 Service.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Sharing;
use super::ingress::LoadBalancerIngress;
use super::lenient::{Field, Flag, List, PortRef, null_default};
use super::{Condition, Meta};
use crate::snapshot::defaults::{default_text, each};
use crate::snapshot::kinds::{ApiRules, Applied, Stays, field_or_live, keep, list_or_live, or_live};

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

    /// Its ports, for prose: `http (80/TCP), 9090/TCP`; empty where it declares none.
    pub fn ports_in_words(&self) -> String {
        self.spec.ports.iter().map(ServicePort::describe).collect::<Vec<_>>().join(", ")
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

impl ApiRules for Service {
    fn apply_defaults(&mut self) {
        default_text(&mut self.spec.kind, "ClusterIP");
        each(&mut self.spec.ports, |port| {
            default_text(&mut port.protocol, "TCP");
            let unset = match &port.target_port {
                None | Some(PortRef::Number(0)) => true,
                Some(PortRef::Name(name)) => name.is_empty(),
                Some(PortRef::Number(_) | PortRef::Redacted) => false,
            };
            if unset {
                port.target_port = match &port.port {
                    Field::Known(n) => Some(PortRef::Number(*n)),
                    Field::Redacted => Some(PortRef::Redacted),
                    Field::Absent | Field::Invalid(_) => None,
                };
            }
        });
    }

    fn has_status(&self) -> bool {
        // An empty one is what `kubectl create --dry-run=client` prints: only controllers fill it.
        self.status.as_ref().is_some_and(|s| !s.load_balancer.ingress.is_empty() || !s.conditions.is_empty())
    }

    fn drop_status(&mut self) {
        self.status = None;
    }

    fn share(&mut self, sharing: &mut Sharing) {
        sharing.meta(&mut self.metadata);
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, keep_allocated)
    }
}

/// Allocated by the API server and kept over updates (core/v1 Service: clusterIP, nodePort, ipFamilies,
/// healthCheckNodePort; defaulted policies).
fn keep_allocated(new: &mut Service, live: &Service) {
    new.status.clone_from(&live.status);
    let (old, spec) = (&live.spec, &mut new.spec);
    if spec.kind == "ExternalName" || old.kind == "ExternalName" {
        return;
    }
    field_or_live(&mut spec.cluster_ip, &old.cluster_ip);
    list_or_live(&mut spec.cluster_ips, &old.cluster_ips);
    list_or_live(&mut spec.ip_families, &old.ip_families);
    or_live(&mut spec.ip_family_policy, &old.ip_family_policy);
    or_live(&mut spec.internal_traffic_policy, &old.internal_traffic_policy);
    or_live(&mut spec.session_affinity, &old.session_affinity);
    if spec.kind != "ClusterIP" {
        field_or_live(&mut spec.health_check_node_port, &old.health_check_node_port);
        or_live(&mut spec.external_traffic_policy, &old.external_traffic_policy);
        or_live(&mut spec.load_balancer_class, &old.load_balancer_class);
        if spec.allocate_load_balancer_node_ports.0.is_none() {
            spec.allocate_load_balancer_node_ports = old.allocate_load_balancer_node_ports;
        }
        let mut ports = spec.ports.to_vec();
        for port in &mut ports {
            let same = old.ports.iter().find(|p| p.port == port.port && p.protocol == port.protocol);
            if let Some(same) = same {
                field_or_live(&mut port.node_port, &same.node_port);
            }
        }
        spec.ports = ports.into();
    }
}
