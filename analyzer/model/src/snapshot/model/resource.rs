//! What every kept kind has in common.

use kubereach_reports::report::ObjectRef;

use super::{
    BackendTlsPolicy, ConfigMap, CustomResourceDefinition, EndpointSlice, Endpoints, Event, Gateway, GatewayClass,
    HorizontalPodAutoscaler, Ingress, IngressClass, ListenerSet, Meta, Namespace, NetworkPolicy, Node,
    PersistentVolumeClaim, Pod, ReferenceGrant, Route, Secret, Service, Unmodelled, Workload,
};
use crate::snapshot::GroupKind;

/// A kind of the model.
pub trait Resource: Sized + 'static {
    /// Its group and kind. Kinds in one shape (workloads, routes) name their first; ask [`Resource::group_kind`].
    const KIND: &'static GroupKind;
    /// Does it live in a namespace?
    const NAMESPACED: bool;

    fn meta(&self) -> &Meta;
    fn meta_mut(&mut self) -> &mut Meta;

    /// The object's own group and kind.
    fn group_kind(&self) -> GroupKind {
        Self::KIND.clone()
    }

    /// Its name for reports.
    fn object_ref(&self) -> ObjectRef {
        let meta = self.meta();
        ObjectRef {
            kind: self.group_kind().kind.into_owned(),
            namespace: Self::NAMESPACED.then(|| meta.namespace.clone()),
            name: meta.name.clone(),
        }
    }
}

macro_rules! resources {
    ($($type:ty: $group:literal, $kind:literal, $namespaced:literal $(, $own:expr)?;)+) => {$(
        impl Resource for $type {
            const KIND: &'static GroupKind = &GroupKind::known($group, $kind);
            const NAMESPACED: bool = $namespaced;
            fn meta(&self) -> &Meta { &self.metadata }
            fn meta_mut(&mut self) -> &mut Meta { &mut self.metadata }
            $(fn group_kind(&self) -> GroupKind { let own: fn(&Self) -> GroupKind = $own; own(self) })?
        }
    )+};
}

resources! {
    Service: "", "Service", true;
    Pod: "", "Pod", true;
    Node: "", "Node", false;
    Namespace: "", "Namespace", false;
    Endpoints: "", "Endpoints", true;
    EndpointSlice: "discovery.k8s.io", "EndpointSlice", true;
    Secret: "", "Secret", true;
    ConfigMap: "", "ConfigMap", true;
    PersistentVolumeClaim: "", "PersistentVolumeClaim", true;
    HorizontalPodAutoscaler: "autoscaling", "HorizontalPodAutoscaler", true;
    CustomResourceDefinition: "apiextensions.k8s.io", "CustomResourceDefinition", false;
    Event: "", "Event", true;
    Ingress: "networking.k8s.io", "Ingress", true;
    IngressClass: "networking.k8s.io", "IngressClass", false;
    NetworkPolicy: "networking.k8s.io", "NetworkPolicy", true;
    GatewayClass: "gateway.networking.k8s.io", "GatewayClass", false;
    Gateway: "gateway.networking.k8s.io", "Gateway", true;
    ListenerSet: "gateway.networking.k8s.io", "ListenerSet", true;
    ReferenceGrant: "gateway.networking.k8s.io", "ReferenceGrant", true;
    BackendTlsPolicy: "gateway.networking.k8s.io", "BackendTLSPolicy", true;
    Workload: "apps", "Deployment", true, |w| w.kind.group_kind();
    Route: "gateway.networking.k8s.io", "HTTPRoute", true, |r| r.kind.group_kind();
    Unmodelled: "", "", true, |o| o.group_kind.clone().unwrap_or(GroupKind::known("", ""));
}
