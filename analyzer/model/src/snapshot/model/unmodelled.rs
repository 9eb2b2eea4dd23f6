//! Kinds that lead traffic or decide about it and that no check evaluates: kept whole in their spec, so
//! that it can be said what they touch.

use serde::Deserialize;

use super::Meta;
use super::lenient::null_default;
use crate::snapshot::GroupKind;

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Unmodelled {
    /// Set by the builder.
    #[serde(skip)]
    pub group_kind: Option<GroupKind>,
    pub metadata: Meta,
    #[serde(deserialize_with = "null_default")]
    pub spec: serde_json::Value,
    #[serde(deserialize_with = "null_default")]
    pub specs: serde_json::Value,
}

/// What an unevaluated kind has to do with traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnmodelledRole {
    /// Leads traffic in: another kind of front door or mesh routing.
    Entry,
    /// Decides who may connect.
    Policy,
    /// Starts workloads on demand.
    Scaler,
    /// A Gateway API kind of the experimental channel or a policy attachment.
    GatewayExtension,
    /// Counts pods before it lets one be evicted: no part of any path, but a prober's pod may be counted.
    Budget,
}

/// Is an object of this kind kept, and what for?
pub fn unmodelled_role(kind: &GroupKind) -> Option<UnmodelledRole> {
    use UnmodelledRole::{Budget, Entry, GatewayExtension, Policy, Scaler};
    Some(match (kind.group.as_ref(), kind.kind.as_ref()) {
        (
            "networking.istio.io",
            "VirtualService" | "Gateway" | "DestinationRule" | "ServiceEntry" | "Sidecar" | "EnvoyFilter",
        )
        | ("route.openshift.io", "Route")
        | (
            "traefik.io" | "traefik.containo.us",
            "IngressRoute" | "IngressRouteTCP" | "IngressRouteUDP" | "TraefikService",
        )
        | ("projectcontour.io", "HTTPProxy")
        | ("configuration.konghq.com", "KongIngress" | "TCPIngress" | "UDPIngress")
        | ("getambassador.io", "Mapping" | "TCPMapping" | "Host" | "Listener")
        | ("gateway.solo.io", "VirtualService" | "RouteTable" | "Gateway")
        | ("k8s.nginx.org", "VirtualServer" | "VirtualServerRoute" | "TransportServer")
        | ("split.smi-spec.io", "TrafficSplit")
        | ("multicluster.x-k8s.io", "ServiceImport" | "ServiceExport")
        | ("networking.internal.knative.dev", "Ingress" | "ServerlessService")
        | ("serving.knative.dev", "Service" | "Route" | "Revision" | "Configuration")
        | ("specs.smi-spec.io", "HTTPRouteGroup" | "TCPRoute")
        | ("elbv2.k8s.aws", "TargetGroupBinding") => Entry,
        (
            "cilium.io",
            "CiliumNetworkPolicy"
            | "CiliumClusterwideNetworkPolicy"
            | "CiliumEnvoyConfig"
            | "CiliumLocalRedirectPolicy",
        )
        | (
            "crd.projectcalico.org" | "projectcalico.org",
            "NetworkPolicy" | "GlobalNetworkPolicy" | "Tier" | "StagedNetworkPolicy",
        )
        | ("crd.antrea.io", "NetworkPolicy" | "ClusterNetworkPolicy" | "Tier")
        | ("k8s.ovn.org", "EgressFirewall" | "AdminPolicyBasedExternalRoute")
        | ("network.openshift.io", "EgressNetworkPolicy" | "NetNamespace")
        | ("policy.networking.k8s.io", "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy" | "ClusterNetworkPolicy")
        | ("security.istio.io", "AuthorizationPolicy" | "PeerAuthentication" | "RequestAuthentication")
        | ("k8s.cni.cncf.io", "MultiNetworkPolicy")
        | ("vpcresources.k8s.aws", "SecurityGroupPolicy")
        | ("networking.k8s.aws", "ApplicationNetworkPolicy")
        | ("networking.gke.io", "FQDNNetworkPolicy")
        | ("policy.linkerd.io" | "kuma.io", _) => Policy,
        ("keda.sh" | "http.keda.sh", "ScaledObject" | "HTTPScaledObject")
        | ("autoscaling.internal.knative.dev", "PodAutoscaler") => Scaler,
        ("gateway.networking.x-k8s.io", _) => GatewayExtension,
        ("policy", "PodDisruptionBudget") => Budget,
        _ => return None,
    })
}
