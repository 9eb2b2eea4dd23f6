//! The kinds. To add one, write its row; a type of its own comes with a file in [`model`](crate::snapshot::model).
//!
//! Names, versions and scopes are those of the API references of Kubernetes, the Gateway API, and the projects that
//! the groups belong to.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::{AnyStore, ApiRules as _, Applied, Kind, Object, Stays, kind};
use crate::snapshot::builder::{Decode, Provenance};
use crate::snapshot::model::UnmodelledRole::{
    self, Announcement, Budget, Door, Entry, GatewayExtension, Identity, Issuance, Policy, Scaler,
};
use crate::snapshot::model::{
    ApiService, BackendTlsPolicy, ConfigMap, CustomResourceDefinition, EndpointSlice, Endpoints, Event, Gateway,
    GatewayClass, HorizontalPodAutoscaler, HttpProxy, Ingress, IngressClass, IngressController, ListenerSet, Meta,
    Namespace, NetworkPolicy, Node, OpenShiftRoute, PersistentVolumeClaim, Pod, ReferenceGrant, Resource, Route,
    RouteKind, Secret, Service, TcpIngress, TlsCertificateDelegation, Unmodelled, WebhookConfiguration, Workload,
    WorkloadKind,
};
use crate::snapshot::store::{Kept, Store, Stored};
use crate::snapshot::{Coverage, GroupKind, Refusal, Simulation, Thresholds};

const GATEWAY: &str = "gateway.networking.k8s.io";
const X_GATEWAY: &str = "gateway.networking.x-k8s.io";

/// Kinds (or all kinds of a group) that are kept where they are found and that no reader asks for.
pub(super) const KEPT_WHERE_FOUND: [(&str, Option<&str>, UnmodelledRole); 14] = [
    ("policy.linkerd.io", None, Policy),
    ("kuma.io", None, Policy),
    ("consul.hashicorp.com", Some("ServiceIntentions"), Policy),
    ("k8s.ovn.org", Some("EgressIP"), Policy),
    (X_GATEWAY, None, GatewayExtension),
    ("gateway.envoyproxy.io", None, GatewayExtension),
    ("gateway.kgateway.dev", None, GatewayExtension),
    ("gateway.nginx.org", None, GatewayExtension),
    ("traefik.io", Some("Middleware"), GatewayExtension),
    ("traefik.containo.us", Some("Middleware"), GatewayExtension),
    ("policy", Some("PodDisruptionBudget"), Budget),
    ("", Some("ServiceAccount"), Identity),
    ("cert-manager.io", None, Issuance),
    ("acme.cert-manager.io", None, Issuance),
];

// The type, the name of its store, and the kinds it holds. The first is the one by which the type is asked for.
kinds! {
    Service => services {
        kind("", "v1", "Service", "services").short(&["svc"]).named_by_others(),
    }
    Pod => pods {
        kind("", "v1", "Pod", "pods").short(&["po"]),
    }
    Endpoints => endpoints {
        kind("", "v1", "Endpoints", "endpoints").short(&["ep"]),
    }
    EndpointSlice => slices {
        kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices").short(&["eps"]).never_pruned(),
    }
    Ingress => ingresses {
        kind("networking.k8s.io", "v1", "Ingress", "ingresses")
            .short(&["ing"]).formerly("extensions").names_certificates(),
    }
    TcpIngress => tcp_ingresses {
        kind("configuration.konghq.com", "v1beta1", "TCPIngress", "tcpingresses").custom().names_certificates(),
    }
    OpenShiftRoute => openshift_routes {
        kind("route.openshift.io", "v1", "Route", "routes").aggregated().names_certificates(),
    }
    IngressController => ingress_controllers {
        kind("operator.openshift.io", "v1", "IngressController", "ingresscontrollers").custom(),
    }
    HttpProxy => http_proxies {
        kind("projectcontour.io", "v1", "HTTPProxy", "httpproxies")
            .short(&["proxy", "proxies"]).custom().named_by_others().names_certificates(),
    }
    TlsCertificateDelegation => certificate_delegations {
        kind("projectcontour.io", "v1", "TLSCertificateDelegation", "tlscertificatedelegations").custom(),
    }
    IngressClass => ingress_classes {
        kind("networking.k8s.io", "v1", "IngressClass", "ingressclasses").in_no_namespace().named_by_others(),
    }
    NetworkPolicy => network_policies {
        kind("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies")
            .short(&["netpol", "netpols"]).formerly("extensions"),
    }
    Secret => secrets {
        kind("", "v1", "Secret", "secrets").named_by_others().confidential(),
    }
    ConfigMap => config_maps {
        kind("", "v1", "ConfigMap", "configmaps").short(&["cm"]).named_by_others().confidential(),
    }
    Namespace => namespaces {
        kind("", "v1", "Namespace", "namespaces").short(&["ns"]).in_no_namespace().never_pruned(),
    }
    Node => nodes {
        kind("", "v1", "Node", "nodes").short(&["no"]).in_no_namespace().never_pruned(),
    }
    Workload => workloads {
        kind("apps", "v1", "Deployment", "deployments")
            .short(&["deploy"]).formerly("extensions").workload(WorkloadKind::Deployment),
        kind("apps", "v1", "ReplicaSet", "replicasets")
            .short(&["rs"]).formerly("extensions").workload(WorkloadKind::ReplicaSet),
        kind("apps", "v1", "StatefulSet", "statefulsets").short(&["sts"]).workload(WorkloadKind::StatefulSet),
        kind("apps", "v1", "DaemonSet", "daemonsets")
            .short(&["ds"]).formerly("extensions").workload(WorkloadKind::DaemonSet),
        kind("", "v1", "ReplicationController", "replicationcontrollers")
            .short(&["rc"]).workload(WorkloadKind::ReplicationController),
        kind("batch", "v1", "Job", "jobs").workload(WorkloadKind::Job),
        kind("batch", "v1", "CronJob", "cronjobs").short(&["cj"]).workload(WorkloadKind::CronJob),
        kind("argoproj.io", "v1alpha1", "Rollout", "rollouts").custom().workload(WorkloadKind::Rollout),
        kind("apps.openshift.io", "v1", "DeploymentConfig", "deploymentconfigs")
            .short(&["dc"]).formerly("").aggregated().workload(WorkloadKind::DeploymentConfig),
        kind("apps.kruise.io", "v1alpha1", "CloneSet", "clonesets")
            .custom().workload(WorkloadKind::CloneSet),
        kind("apps.kruise.io", "v1beta1", "StatefulSet", "statefulsets")
            .custom().workload(WorkloadKind::AdvancedStatefulSet),
        kind("apps.kruise.io", "v1alpha1", "DaemonSet", "daemonsets")
            .custom().workload(WorkloadKind::AdvancedDaemonSet),
        kind("kubevirt.io", "v1", "VirtualMachine", "virtualmachines")
            .short(&["vm", "vms"]).custom().workload(WorkloadKind::VirtualMachine),
        kind("kubevirt.io", "v1", "VirtualMachineInstance", "virtualmachineinstances")
            .short(&["vmi", "vmis"]).custom().workload(WorkloadKind::VirtualMachineInstance),
    }
    HorizontalPodAutoscaler => autoscalers {
        kind("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers").short(&["hpa"]),
    }
    PersistentVolumeClaim => claims {
        kind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims")
            .short(&["pvc", "pvcs"]).never_pruned(),
    }
    Event => events {
        kind("", "v1", "Event", "events").short(&["ev"]).also("events.k8s.io").never_pruned(),
    }
    CustomResourceDefinition => crds {
        kind("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions")
            .short(&["crd", "crds"]).in_no_namespace().never_pruned().shown_by_discovery(),
    }
    WebhookConfiguration => webhooks {
        kind("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations")
            .in_no_namespace().never_pruned(),
        kind("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations")
            .in_no_namespace().never_pruned(),
    }
    ApiService => api_services {
        kind("apiregistration.k8s.io", "v1", "APIService", "apiservices").in_no_namespace().never_pruned(),
    }
    GatewayClass => gateway_classes {
        kind(GATEWAY, "v1", "GatewayClass", "gatewayclasses").in_no_namespace().custom().named_by_others(),
    }
    Gateway => gateways {
        kind(GATEWAY, "v1", "Gateway", "gateways")
            .short(&["gtw"]).custom().named_by_others().names_certificates(),
    }
    Route => routes {
        kind(GATEWAY, "v1", "HTTPRoute", "httproutes").custom().route(RouteKind::Http),
        kind(GATEWAY, "v1", "GRPCRoute", "grpcroutes").custom().route(RouteKind::Grpc),
        kind(GATEWAY, "v1alpha2", "TLSRoute", "tlsroutes").custom().route(RouteKind::Tls),
        kind(GATEWAY, "v1alpha2", "TCPRoute", "tcproutes").custom().route(RouteKind::Tcp),
        kind(GATEWAY, "v1alpha2", "UDPRoute", "udproutes").custom().route(RouteKind::Udp),
    }
    ReferenceGrant => grants {
        kind(GATEWAY, "v1beta1", "ReferenceGrant", "referencegrants").custom(),
    }
    BackendTlsPolicy => backend_tls {
        kind(GATEWAY, "v1", "BackendTLSPolicy", "backendtlspolicies")
            .custom().named_by_others().names_certificates(),
    }
    ListenerSet => listener_sets {
        kind(GATEWAY, "v1", "ListenerSet", "listenersets").custom().named_by_others().names_certificates(),
        kind(X_GATEWAY, "v1alpha1", "XListenerSet", "xlistenersets").custom().names_certificates(),
    }
    Unmodelled => unmodelled as (GroupKind::known("", "")) {
        kind(X_GATEWAY, "v1alpha1", "XBackendTrafficPolicy", "xbackendtrafficpolicies")
            .custom().role(GatewayExtension),
        kind("networking.istio.io", "v1", "VirtualService", "virtualservices").short(&["vs"]).custom().role(Door),
        kind("networking.istio.io", "v1", "Gateway", "gateways").short(&["gw"]).custom().role(Door),
        kind("networking.istio.io", "v1", "DestinationRule", "destinationrules").short(&["dr"]).custom().role(Door),
        kind("networking.istio.io", "v1", "ServiceEntry", "serviceentries").short(&["se"]).custom().role(Door),
        kind("networking.istio.io", "v1", "WorkloadEntry", "workloadentries").short(&["we"]).custom().role(Door),
        kind("networking.istio.io", "v1", "Sidecar", "sidecars").custom().role(Entry),
        kind("networking.istio.io", "v1alpha3", "EnvoyFilter", "envoyfilters").custom().role(Entry),
        kind("security.istio.io", "v1", "AuthorizationPolicy", "authorizationpolicies").custom().role(Policy),
        kind("security.istio.io", "v1", "PeerAuthentication", "peerauthentications").custom().role(Policy),
        kind("security.istio.io", "v1", "RequestAuthentication", "requestauthentications")
            .custom().role(Policy),
        kind("traefik.io", "v1alpha1", "IngressRoute", "ingressroutes").custom().role(Door).names_certificates(),
        kind("traefik.io", "v1alpha1", "IngressRouteTCP", "ingressroutetcps").custom().role(Door).names_certificates(),
        kind("traefik.io", "v1alpha1", "IngressRouteUDP", "ingressrouteudps").custom().role(Door).names_certificates(),
        kind("traefik.io", "v1alpha1", "TraefikService", "traefikservices").custom().role(Door),
        kind("traefik.io", "v1alpha1", "Middleware", "middlewares").custom().role(Door),
        kind("traefik.io", "v1alpha1", "MiddlewareTCP", "middlewaretcps").custom().role(Door),
        kind("traefik.io", "v1alpha1", "TLSOption", "tlsoptions").custom().role(Door),
        kind("traefik.io", "v1alpha1", "TLSStore", "tlsstores").custom().role(Door),
        kind("traefik.io", "v1alpha1", "ServersTransport", "serverstransports").custom().role(Door),
        kind("traefik.io", "v1alpha1", "ServersTransportTCP", "serverstransporttcps").custom().role(Door),
        kind("traefik.containo.us", "v1alpha1", "IngressRoute", "ingressroutes")
            .custom().role(Door).names_certificates(),
        kind("traefik.containo.us", "v1alpha1", "IngressRouteTCP", "ingressroutetcps")
            .custom().role(Door).names_certificates(),
        kind("traefik.containo.us", "v1alpha1", "IngressRouteUDP", "ingressrouteudps")
            .custom().role(Door).names_certificates(),
        kind("traefik.containo.us", "v1alpha1", "TraefikService", "traefikservices").custom().role(Door),
        kind("traefik.containo.us", "v1alpha1", "Middleware", "middlewares").custom().role(Door),
        kind("traefik.containo.us", "v1alpha1", "MiddlewareTCP", "middlewaretcps").custom().role(Door),
        kind("traefik.containo.us", "v1alpha1", "TLSOption", "tlsoptions").custom().role(Door),
        kind("traefik.containo.us", "v1alpha1", "TLSStore", "tlsstores").custom().role(Door),
        kind("traefik.containo.us", "v1alpha1", "ServersTransport", "serverstransports").custom().role(Door),
        kind("projectcontour.io", "v1alpha1", "ExtensionService", "extensionservices").custom().role(Entry),
        kind("configuration.konghq.com", "v1", "KongIngress", "kongingresses").custom().role(Entry),
        kind("configuration.konghq.com", "v1beta1", "UDPIngress", "udpingresses").custom().role(Entry),
        kind("getambassador.io", "v3alpha1", "Mapping", "mappings").custom().role(Entry),
        kind("getambassador.io", "v3alpha1", "TCPMapping", "tcpmappings").custom().role(Entry),
        kind("getambassador.io", "v3alpha1", "Host", "hosts").custom().role(Entry),
        kind("getambassador.io", "v3alpha1", "Listener", "listeners").custom().role(Entry),
        kind("gateway.solo.io", "v1", "VirtualService", "virtualservices").custom().role(Entry),
        kind("gateway.solo.io", "v1", "RouteTable", "routetables").custom().role(Entry),
        kind("gateway.solo.io", "v1", "Gateway", "gateways").custom().role(Entry),
        kind("k8s.nginx.org", "v1", "VirtualServer", "virtualservers").custom().role(Entry),
        kind("k8s.nginx.org", "v1", "VirtualServerRoute", "virtualserverroutes").custom().role(Entry),
        kind("k8s.nginx.org", "v1", "TransportServer", "transportservers").custom().role(Entry),
        kind("split.smi-spec.io", "v1alpha2", "TrafficSplit", "trafficsplits").custom().role(Entry),
        kind("specs.smi-spec.io", "v1alpha4", "HTTPRouteGroup", "httproutegroups").custom().role(Entry),
        kind("specs.smi-spec.io", "v1alpha4", "TCPRoute", "tcproutes").custom().role(Entry),
        kind("multicluster.x-k8s.io", "v1alpha1", "ServiceImport", "serviceimports").custom().role(Entry),
        kind("multicluster.x-k8s.io", "v1alpha1", "ServiceExport", "serviceexports").custom().role(Entry),
        kind("networking.internal.knative.dev", "v1alpha1", "Ingress", "ingresses").custom().role(Entry),
        kind("networking.internal.knative.dev", "v1alpha1", "ServerlessService", "serverlessservices")
            .custom().role(Entry),
        kind("serving.knative.dev", "v1", "Service", "services").custom().role(Entry),
        kind("serving.knative.dev", "v1", "Route", "routes").custom().role(Entry),
        kind("serving.knative.dev", "v1", "Revision", "revisions").custom().role(Entry),
        kind("serving.knative.dev", "v1", "Configuration", "configurations").custom().role(Entry),
        kind("elbv2.k8s.aws", "v1beta1", "TargetGroupBinding", "targetgroupbindings").custom().role(Entry),
        kind("cilium.io", "v2", "CiliumNetworkPolicy", "ciliumnetworkpolicies").custom().role(Policy),
        kind("cilium.io", "v2", "CiliumClusterwideNetworkPolicy", "ciliumclusterwidenetworkpolicies")
            .in_no_namespace().custom().role(Policy),
        kind("cilium.io", "v2", "CiliumCIDRGroup", "ciliumcidrgroups").in_no_namespace().custom().role(Policy),
        kind("cilium.io", "v2", "CiliumEnvoyConfig", "ciliumenvoyconfigs").custom().role(Policy),
        kind("cilium.io", "v2", "CiliumLocalRedirectPolicy", "ciliumlocalredirectpolicies")
            .custom().role(Policy),
        kind("crd.projectcalico.org", "v1", "NetworkPolicy", "networkpolicies").custom().role(Policy),
        kind("crd.projectcalico.org", "v1", "GlobalNetworkPolicy", "globalnetworkpolicies")
            .in_no_namespace().custom().role(Policy),
        kind("crd.projectcalico.org", "v1", "Tier", "tiers").in_no_namespace().custom().role(Policy),
        kind("crd.projectcalico.org", "v1", "StagedNetworkPolicy", "stagednetworkpolicies")
            .custom().role(Policy),
        kind("crd.projectcalico.org", "v1", "StagedGlobalNetworkPolicy", "stagedglobalnetworkpolicies")
            .in_no_namespace().custom().role(Policy),
        kind("crd.projectcalico.org", "v1", "StagedKubernetesNetworkPolicy", "stagedkubernetesnetworkpolicies")
            .custom().role(Policy),
        kind("crd.projectcalico.org", "v1", "NetworkSet", "networksets").custom().role(Policy),
        kind("crd.projectcalico.org", "v1", "GlobalNetworkSet", "globalnetworksets")
            .in_no_namespace().custom().role(Policy),
        kind("crd.projectcalico.org", "v1", "HostEndpoint", "hostendpoints").in_no_namespace().custom().role(Policy),
        kind("projectcalico.org", "v3", "NetworkPolicy", "networkpolicies").aggregated().role(Policy),
        kind("projectcalico.org", "v3", "GlobalNetworkPolicy", "globalnetworkpolicies")
            .in_no_namespace().aggregated().role(Policy),
        kind("projectcalico.org", "v3", "Tier", "tiers").in_no_namespace().aggregated().role(Policy),
        kind("projectcalico.org", "v3", "StagedNetworkPolicy", "stagednetworkpolicies")
            .aggregated().role(Policy),
        kind("projectcalico.org", "v3", "StagedGlobalNetworkPolicy", "stagedglobalnetworkpolicies")
            .in_no_namespace().aggregated().role(Policy),
        kind("projectcalico.org", "v3", "StagedKubernetesNetworkPolicy", "stagedkubernetesnetworkpolicies")
            .aggregated().role(Policy),
        kind("projectcalico.org", "v3", "NetworkSet", "networksets").aggregated().role(Policy),
        kind("projectcalico.org", "v3", "GlobalNetworkSet", "globalnetworksets")
            .in_no_namespace().aggregated().role(Policy),
        kind("projectcalico.org", "v3", "HostEndpoint", "hostendpoints").in_no_namespace().aggregated().role(Policy),
        kind("projectcalico.org", "v3", "Profile", "profiles").in_no_namespace().aggregated().role(Policy),
        kind("crd.antrea.io", "v1beta1", "NetworkPolicy", "networkpolicies").custom().role(Policy),
        kind("crd.antrea.io", "v1beta1", "ClusterNetworkPolicy", "clusternetworkpolicies")
            .in_no_namespace().custom().role(Policy),
        kind("crd.antrea.io", "v1beta1", "Tier", "tiers").in_no_namespace().custom().role(Policy),
        kind("crd.antrea.io", "v1beta1", "Group", "groups").custom().role(Policy),
        kind("crd.antrea.io", "v1beta1", "ClusterGroup", "clustergroups").in_no_namespace().custom().role(Policy),
        kind("k8s.ovn.org", "v1", "EgressFirewall", "egressfirewalls").custom().role(Policy),
        kind("k8s.ovn.org", "v1", "AdminPolicyBasedExternalRoute", "adminpolicybasedexternalroutes")
            .in_no_namespace().custom().role(Policy),
        kind("network.openshift.io", "v1", "EgressNetworkPolicy", "egressnetworkpolicies")
            .custom().role(Policy),
        kind("network.openshift.io", "v1", "NetNamespace", "netnamespaces")
            .in_no_namespace().custom().role(Policy),
        kind("policy.networking.k8s.io", "v1alpha1", "AdminNetworkPolicy", "adminnetworkpolicies")
            .in_no_namespace().custom().role(Policy),
        kind("policy.networking.k8s.io", "v1alpha1", "BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies")
            .in_no_namespace().custom().role(Policy),
        kind("policy.networking.k8s.io", "v1alpha2", "ClusterNetworkPolicy", "clusternetworkpolicies")
            .in_no_namespace().custom().role(Policy),
        kind("k8s.cni.cncf.io", "v1beta1", "MultiNetworkPolicy", "multi-networkpolicies")
            .custom().role(Policy),
        kind("vpcresources.k8s.aws", "v1beta1", "SecurityGroupPolicy", "securitygrouppolicies")
            .custom().role(Policy),
        kind("networking.k8s.aws", "v1alpha1", "ApplicationNetworkPolicy", "applicationnetworkpolicies")
            .custom().role(Policy),
        kind("networking.gke.io", "v1alpha1", "FQDNNetworkPolicy", "fqdnnetworkpolicies")
            .custom().role(Policy),
        kind("policy.linkerd.io", "v1beta3", "Server", "servers").custom().role(Policy),
        kind("policy.linkerd.io", "v1alpha1", "AuthorizationPolicy", "authorizationpolicies")
            .custom().role(Policy),
        kind("policy.linkerd.io", "v1alpha1", "MeshTLSAuthentication", "meshtlsauthentications")
            .custom().role(Policy),
        kind("policy.linkerd.io", "v1alpha1", "NetworkAuthentication", "networkauthentications")
            .custom().role(Policy),
        kind("policy.linkerd.io", "v1beta1", "ServerAuthorization", "serverauthorizations")
            .custom().role(Policy),
        kind("policy.linkerd.io", "v1beta3", "HTTPRoute", "httproutes").custom().role(Policy),
        kind("kuma.io", "v1alpha1", "MeshTrafficPermission", "meshtrafficpermissions").custom().role(Policy),
        kind("kuma.io", "v1alpha1", "MeshHTTPRoute", "meshhttproutes").custom().role(Policy),
        kind("metallb.io", "v1beta1", "IPAddressPool", "ipaddresspools").custom().role(Announcement),
        kind("metallb.io", "v1beta1", "L2Advertisement", "l2advertisements").custom().role(Announcement),
        kind("metallb.io", "v1beta1", "BGPAdvertisement", "bgpadvertisements").custom().role(Announcement),
        kind("keda.sh", "v1alpha1", "ScaledObject", "scaledobjects").custom().role(Scaler),
        kind("http.keda.sh", "v1alpha1", "HTTPScaledObject", "httpscaledobjects").custom().role(Scaler),
        kind("autoscaling.internal.knative.dev", "v1alpha1", "PodAutoscaler", "podautoscalers")
            .custom().role(Scaler),
    }
}
