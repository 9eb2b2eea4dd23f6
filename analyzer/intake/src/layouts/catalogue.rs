//! The kinds about which every snapshot must say how much of them was read.

use kubereach_model::snapshot::GroupKind;

/// A kind with the names that dumps use for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_field_names, reason = "Kubernetes calls the field kind, too")]
pub struct Kind {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Version to read kind-less items as.
    pub version: &'static str,
    /// As Kubernetes spells it.
    pub kind: &'static str,
    /// The resource name in URLs.
    pub plural: &'static str,
    /// Short names of kubectl.
    pub short: &'static [&'static str],
    /// Does it live in a namespace?
    pub namespaced: bool,
    /// How the API server comes to serve it.
    pub served: Served,
}

/// How the API server comes to serve a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// Always: it is part of Kubernetes.
    BuiltIn,
    /// Only where its `CustomResourceDefinition` was installed.
    Crd,
    /// By another server behind the API server, or by a definition: definitions alone do not tell.
    Aggregated,
}

impl Kind {
    /// Group and kind.
    pub const fn group_kind(&self) -> GroupKind {
        GroupKind::known(self.group, self.kind)
    }

    /// `v1`, `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_owned() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `pods`, `httproutes.gateway.networking.k8s.io`: the name of its definition.
    pub fn full_name(&self) -> String {
        if self.group.is_empty() { self.plural.to_owned() } else { format!("{}.{}", self.plural, self.group) }
    }
}

const fn kind(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
    short: &'static [&'static str],
    namespaced: bool,
    served: Served,
) -> Kind {
    Kind { group, version, kind, plural, short, namespaced, served }
}

type Name = &'static str;

const fn built_in(group: Name, version: Name, name: Name, plural: Name, short: &'static [Name]) -> Kind {
    kind(group, version, name, plural, short, true, Served::BuiltIn)
}
const fn cluster(group: Name, version: Name, name: Name, plural: Name, short: &'static [Name]) -> Kind {
    kind(group, version, name, plural, short, false, Served::BuiltIn)
}
const fn crd(group: Name, version: Name, name: Name, plural: Name) -> Kind {
    kind(group, version, name, plural, &[], true, Served::Crd)
}
const fn cluster_crd(group: Name, version: Name, name: Name, plural: Name) -> Kind {
    kind(group, version, name, plural, &[], false, Served::Crd)
}

const GATEWAY: &str = "gateway.networking.k8s.io";
const X_GATEWAY: &str = "gateway.networking.x-k8s.io";
const ISTIO: &str = "networking.istio.io";
const CILIUM: &str = "cilium.io";
const CALICO: &str = "crd.projectcalico.org";
const CALICO_API: &str = "projectcalico.org";

/// Every kind of the model and every kind that is kept unevaluated. Where two groups share a resource
/// name, the first entry is the one a bare name means.
#[rustfmt::skip]
pub static KINDS: &[Kind] = &[
    built_in("", "v1", "Service", "services", &["svc"]),
    built_in("", "v1", "Pod", "pods", &["po"]),
    built_in("", "v1", "Endpoints", "endpoints", &["ep"]),
    built_in("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", &["eps"]),
    built_in("networking.k8s.io", "v1", "Ingress", "ingresses", &["ing"]),
    cluster("networking.k8s.io", "v1", "IngressClass", "ingressclasses", &[]),
    built_in("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", &["netpol", "netpols"]),
    built_in("", "v1", "Secret", "secrets", &[]),
    built_in("", "v1", "ConfigMap", "configmaps", &["cm"]),
    cluster("", "v1", "Namespace", "namespaces", &["ns"]),
    cluster("", "v1", "Node", "nodes", &["no"]),
    built_in("apps", "v1", "Deployment", "deployments", &["deploy"]),
    built_in("apps", "v1", "ReplicaSet", "replicasets", &["rs"]),
    built_in("apps", "v1", "StatefulSet", "statefulsets", &["sts"]),
    built_in("apps", "v1", "DaemonSet", "daemonsets", &["ds"]),
    built_in("", "v1", "ReplicationController", "replicationcontrollers", &["rc"]),
    built_in("batch", "v1", "Job", "jobs", &[]),
    built_in("batch", "v1", "CronJob", "cronjobs", &["cj"]),
    built_in("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", &["hpa"]),
    built_in("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", &["pvc", "pvcs"]),
    built_in("", "v1", "Event", "events", &["ev"]),
    cluster("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", &["crd", "crds"]),
    cluster_crd(GATEWAY, "v1", "GatewayClass", "gatewayclasses"),
    crd(GATEWAY, "v1", "Gateway", "gateways"),
    crd(GATEWAY, "v1", "HTTPRoute", "httproutes"),
    crd(GATEWAY, "v1", "GRPCRoute", "grpcroutes"),
    crd(GATEWAY, "v1alpha2", "TLSRoute", "tlsroutes"),
    crd(GATEWAY, "v1alpha2", "TCPRoute", "tcproutes"),
    crd(GATEWAY, "v1alpha2", "UDPRoute", "udproutes"),
    crd(GATEWAY, "v1beta1", "ReferenceGrant", "referencegrants"),
    crd(GATEWAY, "v1", "BackendTLSPolicy", "backendtlspolicies"),
    crd(GATEWAY, "v1", "ListenerSet", "listenersets"),
    crd(X_GATEWAY, "v1alpha1", "XListenerSet", "xlistenersets"),
    crd(X_GATEWAY, "v1alpha1", "XBackendTrafficPolicy", "xbackendtrafficpolicies"),
    crd("argoproj.io", "v1alpha1", "Rollout", "rollouts"),
    crd(ISTIO, "v1", "VirtualService", "virtualservices"),
    crd(ISTIO, "v1", "Gateway", "gateways"),
    crd(ISTIO, "v1", "DestinationRule", "destinationrules"),
    crd(ISTIO, "v1", "ServiceEntry", "serviceentries"),
    crd(ISTIO, "v1", "Sidecar", "sidecars"),
    crd(ISTIO, "v1alpha3", "EnvoyFilter", "envoyfilters"),
    crd("security.istio.io", "v1", "AuthorizationPolicy", "authorizationpolicies"),
    crd("security.istio.io", "v1", "PeerAuthentication", "peerauthentications"),
    crd("security.istio.io", "v1", "RequestAuthentication", "requestauthentications"),
    kind("route.openshift.io", "v1", "Route", "routes", &[], true, Served::Aggregated),
    crd("traefik.io", "v1alpha1", "IngressRoute", "ingressroutes"),
    crd("traefik.io", "v1alpha1", "IngressRouteTCP", "ingressroutetcps"),
    crd("traefik.io", "v1alpha1", "IngressRouteUDP", "ingressrouteudps"),
    crd("traefik.io", "v1alpha1", "TraefikService", "traefikservices"),
    crd("traefik.containo.us", "v1alpha1", "IngressRoute", "ingressroutes"),
    crd("traefik.containo.us", "v1alpha1", "IngressRouteTCP", "ingressroutetcps"),
    crd("traefik.containo.us", "v1alpha1", "IngressRouteUDP", "ingressrouteudps"),
    crd("traefik.containo.us", "v1alpha1", "TraefikService", "traefikservices"),
    crd("projectcontour.io", "v1", "HTTPProxy", "httpproxies"),
    crd("configuration.konghq.com", "v1", "KongIngress", "kongingresses"),
    crd("configuration.konghq.com", "v1beta1", "TCPIngress", "tcpingresses"),
    crd("configuration.konghq.com", "v1beta1", "UDPIngress", "udpingresses"),
    crd("getambassador.io", "v3alpha1", "Mapping", "mappings"),
    crd("getambassador.io", "v3alpha1", "TCPMapping", "tcpmappings"),
    crd("getambassador.io", "v3alpha1", "Host", "hosts"),
    crd("getambassador.io", "v3alpha1", "Listener", "listeners"),
    crd("gateway.solo.io", "v1", "VirtualService", "virtualservices"),
    crd("gateway.solo.io", "v1", "RouteTable", "routetables"),
    crd("gateway.solo.io", "v1", "Gateway", "gateways"),
    crd("k8s.nginx.org", "v1", "VirtualServer", "virtualservers"),
    crd("k8s.nginx.org", "v1", "VirtualServerRoute", "virtualserverroutes"),
    crd("k8s.nginx.org", "v1", "TransportServer", "transportservers"),
    crd("split.smi-spec.io", "v1alpha2", "TrafficSplit", "trafficsplits"),
    crd("specs.smi-spec.io", "v1alpha4", "HTTPRouteGroup", "httproutegroups"),
    crd("specs.smi-spec.io", "v1alpha4", "TCPRoute", "tcproutes"),
    crd("multicluster.x-k8s.io", "v1alpha1", "ServiceImport", "serviceimports"),
    crd("multicluster.x-k8s.io", "v1alpha1", "ServiceExport", "serviceexports"),
    crd("networking.internal.knative.dev", "v1alpha1", "Ingress", "ingresses"),
    crd("networking.internal.knative.dev", "v1alpha1", "ServerlessService", "serverlessservices"),
    crd("serving.knative.dev", "v1", "Service", "services"),
    crd("serving.knative.dev", "v1", "Route", "routes"),
    crd("serving.knative.dev", "v1", "Revision", "revisions"),
    crd("serving.knative.dev", "v1", "Configuration", "configurations"),
    crd("elbv2.k8s.aws", "v1beta1", "TargetGroupBinding", "targetgroupbindings"),
    crd(CILIUM, "v2", "CiliumNetworkPolicy", "ciliumnetworkpolicies"),
    cluster_crd(CILIUM, "v2", "CiliumClusterwideNetworkPolicy", "ciliumclusterwidenetworkpolicies"),
    crd(CILIUM, "v2", "CiliumEnvoyConfig", "ciliumenvoyconfigs"),
    crd(CILIUM, "v2", "CiliumLocalRedirectPolicy", "ciliumlocalredirectpolicies"),
    crd(CALICO, "v1", "NetworkPolicy", "networkpolicies"),
    cluster_crd(CALICO, "v1", "GlobalNetworkPolicy", "globalnetworkpolicies"),
    cluster_crd(CALICO, "v1", "Tier", "tiers"),
    crd(CALICO, "v1", "StagedNetworkPolicy", "stagednetworkpolicies"),
    kind(CALICO_API, "v3", "NetworkPolicy", "networkpolicies", &[], true, Served::Aggregated),
    kind(CALICO_API, "v3", "GlobalNetworkPolicy", "globalnetworkpolicies", &[], false, Served::Aggregated),
    kind(CALICO_API, "v3", "Tier", "tiers", &[], false, Served::Aggregated),
    kind(CALICO_API, "v3", "StagedNetworkPolicy", "stagednetworkpolicies", &[], true, Served::Aggregated),
    crd("crd.antrea.io", "v1beta1", "NetworkPolicy", "networkpolicies"),
    cluster_crd("crd.antrea.io", "v1beta1", "ClusterNetworkPolicy", "clusternetworkpolicies"),
    cluster_crd("crd.antrea.io", "v1beta1", "Tier", "tiers"),
    crd("k8s.ovn.org", "v1", "EgressFirewall", "egressfirewalls"),
    cluster_crd("k8s.ovn.org", "v1", "AdminPolicyBasedExternalRoute", "adminpolicybasedexternalroutes"),
    crd("network.openshift.io", "v1", "EgressNetworkPolicy", "egressnetworkpolicies"),
    cluster_crd("network.openshift.io", "v1", "NetNamespace", "netnamespaces"),
    cluster_crd("policy.networking.k8s.io", "v1alpha1", "AdminNetworkPolicy", "adminnetworkpolicies"),
    cluster_crd("policy.networking.k8s.io", "v1alpha1", "BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies"),
    cluster_crd("policy.networking.k8s.io", "v1alpha2", "ClusterNetworkPolicy", "clusternetworkpolicies"),
    crd("k8s.cni.cncf.io", "v1beta1", "MultiNetworkPolicy", "multi-networkpolicies"),
    crd("vpcresources.k8s.aws", "v1beta1", "SecurityGroupPolicy", "securitygrouppolicies"),
    crd("networking.k8s.aws", "v1alpha1", "ApplicationNetworkPolicy", "applicationnetworkpolicies"),
    crd("networking.gke.io", "v1alpha1", "FQDNNetworkPolicy", "fqdnnetworkpolicies"),
    crd("policy.linkerd.io", "v1beta3", "Server", "servers"),
    crd("policy.linkerd.io", "v1alpha1", "AuthorizationPolicy", "authorizationpolicies"),
    crd("policy.linkerd.io", "v1beta1", "ServerAuthorization", "serverauthorizations"),
    crd("policy.linkerd.io", "v1beta3", "HTTPRoute", "httproutes"),
    crd("kuma.io", "v1alpha1", "MeshTrafficPermission", "meshtrafficpermissions"),
    crd("kuma.io", "v1alpha1", "MeshHTTPRoute", "meshhttproutes"),
    crd("keda.sh", "v1alpha1", "ScaledObject", "scaledobjects"),
    crd("http.keda.sh", "v1alpha1", "HTTPScaledObject", "httpscaledobjects"),
    crd("autoscaling.internal.knative.dev", "v1alpha1", "PodAutoscaler", "podautoscalers"),
];

/// The kind of a name as typed to kubectl or written in a file name: plural, singular or short, with or
/// without `.group`; hyphens and case do not matter.
pub fn by_name(name: &str) -> Option<&'static Kind> {
    let lower = name.to_ascii_lowercase();
    match lower.split_once('.') {
        Some((plural, group)) => by_resource(plural, Some(group)),
        None => by_resource(&lower, None),
    }
}

/// The kind of a resource name, in a group if one is known (`core` and empty mean the core group).
pub fn by_resource(resource: &str, group: Option<&str>) -> Option<&'static Kind> {
    let wanted: String = resource.chars().filter(|c| *c != '-' && *c != '_').collect::<String>().to_ascii_lowercase();
    let group = group.map(normal_group);
    KINDS.iter().find(|k| {
        group.is_none_or(|g| g == k.group || renamed(g, k))
            && (k.plural == wanted || k.short.contains(&wanted.as_str()) || k.kind.eq_ignore_ascii_case(&wanted))
    })
}

/// How dumps write the core group.
pub fn normal_group(group: &str) -> &str {
    if group == "core" || group == "v1" { "" } else { group }
}

/// Old groups whose kinds moved without a change of meaning.
fn renamed(group: &str, kind: &Kind) -> bool {
    match group {
        "extensions" => {
            matches!(kind.kind, "Ingress" | "NetworkPolicy" | "Deployment" | "ReplicaSet" | "DaemonSet")
                && matches!(kind.group, "apps" | "networking.k8s.io")
        }
        "events.k8s.io" => kind.kind == "Event",
        _ => false,
    }
}

/// The entry of a group and kind.
pub fn of(kind: &GroupKind) -> Option<&'static Kind> {
    KINDS.iter().find(|k| k.kind == kind.kind && k.group == kind.group)
}

/// All kinds that share a resource name.
pub fn sharing(plural: &str) -> impl Iterator<Item = &'static Kind> {
    let wanted = plural.to_ascii_lowercase();
    KINDS.iter().filter(move |k| k.plural == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kubereach_model::snapshot::model::{RouteKind, WorkloadKind, unmodelled_role};

    #[test]
    fn names_of_every_sort_are_understood() {
        for (name, kind) in [
            ("svc", "Service"),
            ("Services", "Service"),
            ("ingress", "Ingress"),
            ("network-policies", "NetworkPolicy"),
            ("gateways.gateway.networking.k8s.io", "Gateway"),
            ("ingresses.extensions", "Ingress"),
            ("EndpointSlices", "EndpointSlice"),
        ] {
            assert_eq!(by_name(name).map(|k| k.kind), Some(kind), "{name}");
        }
        assert_eq!(by_name("gateways.networking.istio.io").map(|k| k.group), Some("networking.istio.io"));
        assert_eq!(by_name("widgets"), None);
    }

    #[test]
    fn the_catalogue_holds_no_kind_twice_and_every_kind_of_the_model() {
        for (n, k) in KINDS.iter().enumerate() {
            assert!(!KINDS[n + 1..].iter().any(|o| o.group == k.group && o.kind == k.kind), "{}", k.kind);
        }
        for kind in
            WorkloadKind::ALL.map(WorkloadKind::group_kind).into_iter().chain(RouteKind::ALL.map(RouteKind::group_kind))
        {
            assert!(of(&kind).is_some(), "{kind}");
        }
        let unmodelled = KINDS.iter().filter(|k| unmodelled_role(&k.group_kind()).is_some()).count();
        assert!(unmodelled > 60, "{unmodelled}");
    }
}
