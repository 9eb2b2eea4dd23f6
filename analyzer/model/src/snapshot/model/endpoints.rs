//! discovery.k8s.io EndpointSlice and core/v1 Endpoints.

use serde::Deserialize;

use super::Sharing;
use super::lenient::{Field, Flag, List, null_default};
use super::remember::{Remembered, remembered};
use super::{Meta, Text, Uid};
use crate::snapshot::defaults::{default_text, each};
use crate::snapshot::kinds::{ApiRules, Applied, Stays, keep};

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointSlice {
    pub metadata: Meta,
    /// `IPv4`, `IPv6` or `FQDN`.
    #[serde(deserialize_with = "null_default")]
    pub address_type: String,
    pub endpoints: List<SliceEndpoint>,
    #[serde(deserialize_with = "remembered")]
    pub ports: List<SlicePort>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SliceEndpoint {
    pub addresses: List<Field<String>>,
    #[serde(deserialize_with = "null_default")]
    pub conditions: EndpointConditions,
    pub target_ref: Option<TargetRef>,
    pub node_name: Option<Text>,
}

/// `null` means: ready true, serving true, terminating false (KEP-1672).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EndpointConditions {
    pub ready: Flag,
    pub serving: Flag,
    pub terminating: Flag,
}

impl EndpointConditions {
    pub fn is_ready(self) -> bool {
        self.ready.0.unwrap_or(true)
    }
    /// `serving` defaults to what `ready` says where an old controller does not write it.
    pub fn is_serving(self) -> bool {
        self.serving.0.or(self.ready.0).unwrap_or(true)
    }
    pub fn is_terminating(self) -> bool {
        self.terminating.0.unwrap_or(false)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TargetRef {
    #[serde(deserialize_with = "null_default")]
    pub kind: Text,
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    #[serde(deserialize_with = "null_default")]
    pub namespace: Text,
    pub uid: Option<Uid>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SlicePort {
    /// Empty for an unnamed port.
    #[serde(deserialize_with = "null_default")]
    pub name: String,
    #[serde(deserialize_with = "null_default")]
    pub protocol: String,
    /// Absent means: all ports.
    pub port: Field<u16>,
    pub app_protocol: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Endpoints {
    pub metadata: Meta,
    pub subsets: List<EndpointSubset>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointSubset {
    pub addresses: List<EndpointAddress>,
    pub not_ready_addresses: List<EndpointAddress>,
    pub ports: List<EndpointPort>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointAddress {
    pub ip: Field<String>,
    pub node_name: Option<Text>,
    pub target_ref: Option<TargetRef>,
}

impl Remembered for List<SlicePort> {
    const NAME: &'static str = "kubereach:slice-ports";
}

/// Same shape as a slice's port.
pub type EndpointPort = SlicePort;

impl ApiRules for EndpointSlice {
    fn apply_defaults(&mut self) {
        // Ports that many slices share stay shared where there is nothing to change.
        if self.ports.iter().any(|p| p.protocol.is_empty()) {
            each(&mut self.ports, |p| default_text(&mut p.protocol, "TCP"));
        }
    }

    fn share(&mut self, sharing: &mut Sharing) {
        sharing.meta(&mut self.metadata);
        sharing.ports(&mut self.ports);
    }

    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |_, _| ())
    }
}

impl ApiRules for Endpoints {
    fn apply_over(&mut self, live: &Self, _: Stays<'_>) -> Applied {
        keep(self, live, |_, _| ())
    }
}
