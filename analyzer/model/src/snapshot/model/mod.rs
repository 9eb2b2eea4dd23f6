//! The slim model: of every kind only what judgement and reports need, as the API reference names it.
//!
//! Field names and meanings are those of the Kubernetes and Gateway API references; only what differs
//! from them is documented here.
#![allow(missing_docs, reason = "the fields are the API reference's own")]

mod api_server;
mod condition;
mod config;
mod contour;
mod endpoints;
mod event;
mod gateway;
mod ingress;
pub mod lenient;
mod meta;
mod network_policy;
mod node;
mod openshift;
mod pem;
mod pod;
pub mod remember;
mod resource;
mod route;
mod secret;
mod service;
mod shared;
mod template;
mod text;
mod unmodelled;
mod workload;

pub use super::kinds::unmodelled_role;
pub use api_server::{ApiService, ClientConfig, ServiceReference, Webhook, WebhookConfiguration};
pub use condition::{Condition, ConditionStatus, current};
pub use config::keeps_values;
pub use config::{ConfigMap, CustomResourceDefinition, HorizontalPodAutoscaler, PersistentVolumeClaim};
pub use contour::*;
pub use endpoints::{
    EndpointAddress, EndpointConditions, EndpointPort, EndpointSlice, EndpointSubset, Endpoints, SliceEndpoint,
    SlicePort, TargetRef,
};
pub use event::Event;
pub use gateway::{
    AllowedKind, AllowedListeners, AllowedRoutes, BackendTlsPolicy, FrontendValidation, Gateway, GatewayAddress,
    GatewayClass, GatewayTls, GrantFrom, GrantTo, Listener, ListenerSet, ListenerStatus, ListenerTls, NamespacesFrom,
    ObjectReference, PolicyTarget, ReferenceGrant,
};
pub use ingress::*;
pub use meta::{Meta, OwnerReference};
pub use network_policy::{IpBlock, NetworkPolicy, PolicyPeer, PolicyPort, PolicyRule};
pub use node::{Namespace, Node, NodeAddress, Taint};
pub use openshift::*;
pub use pem::Pem;
pub use pod::{
    Container, ContainerPort, ContainerState, ContainerStatus, Pod, PodSpec, PodStatus, PodTemplate, Probe, ProbePort,
    ReadinessGate, Terminated, Volume, Waiting,
};
pub use resource::Resource;
pub use route::{
    BackendRef, Filter, HeaderFilter, HeaderMatch, MethodMatch, ParentRef, ParentStatus, PathMatch, PathModifier,
    RewriteFilter, Route, RouteKind, RouteMatch, RouteRule, Timeouts,
};
pub use secret::first_certificate;
pub use secret::{Certificate, Secret};
pub use service::{Service, ServicePort};
pub use shared::{Labels, Sharing};
pub use text::{Text, Uid};
pub use unmodelled::{ObjectStatus, Unmodelled, UnmodelledRole};
pub use workload::{Workload, WorkloadKind, WorkloadStatus};
