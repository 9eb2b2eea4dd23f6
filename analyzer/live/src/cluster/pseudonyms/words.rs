//! Words that stay, and the fields in which names and hosts stand.

/// Words that are parts of names and say what a thing is.
#[rustfmt::skip]
pub(super) const PRODUCTS: &[&str] = &[
    "alb", "antrea", "apiserver", "argo", "aws", "azure", "calico", "canal", "canary", "cert", "cilium", "cloud",
    "cni", "contour", "controller", "coredns", "default", "dns", "eks", "envoy", "f5", "flannel", "gateway", "gce",
    "gke", "haproxy", "hubble", "ingress", "internal", "istio", "istiod", "k3s", "keda", "kind", "knative", "kong",
    "konnectivity", "kourier", "kube", "kubernetes", "lb", "lease", "linkerd", "manager", "metallb", "microk8s",
    "multus", "nginx", "node", "openshift", "ovn", "proxy", "public", "rancher", "router", "router0", "shared",
    "sriov", "svclb", "system", "tier", "traefik", "typha", "weave", "webhook", "zalando",
];

/// Words of protocols and of YAML that names and labels share with fields.
#[rustfmt::skip]
pub(super) const COMMON: &[&str] = &[
    "admin", "all", "any", "cluster", "config", "cpu", "external", "false", "grpc", "grpcs", "h2c", "http", "http2",
    "https", "local", "localhost", "memory", "metrics", "name", "none", "ready", "sctp", "server", "service",
    "status", "svc", "tcp", "tls", "traffic", "true", "udp", "web", "websecure", "ws", "wss", "yes", "no", "on",
    "off", "null", "k8s", "io", "com", "org", "net", "dev",
];

/// Domains of annotations, labels and groups that everybody has.
#[rustfmt::skip]
pub(super) const DOMAINS: &[&str] = &[
    "k8s.io", "kubernetes.io", "x-k8s.io", "k8s.aws", "amazonaws.com", "nginx.org", "nginx.com", "konghq.com",
    "traefik.io", "traefik.containo.us", "haproxy.org", "haproxy-ingress.github.io", "projectcontour.io", "istio.io",
    "cilium.io", "linkerd.io", "projectcalico.org", "antrea.io", "ovn.org", "openshift.io", "cert-manager.io",
    "azure.com", "google.com", "gke.io", "argoproj.io", "helm.sh", "keda.sh", "knative.dev", "kuma.io",
    "smi-spec.io", "getambassador.io", "solo.io", "envoyproxy.io", "apache.org", "zalando.org", "tailscale.com",
    "pomerium.io", "oraclecloud.com", "ngrok.com", "k3s.io", "alibabacloud", "higress.io", "f5.com", "citrix.com",
    "vmware.com", "cncf.io", "kubereach",
];

/// Registries that everybody uses.
#[rustfmt::skip]
pub(super) const REGISTRIES: &[&str] = &[
    "docker.io", "registry.k8s.io", "k8s.gcr.io", "gcr.io", "quay.io", "ghcr.io", "public.ecr.aws",
    "mcr.microsoft.com", "registry.access.redhat.com",
];

/// Keys whose strings name an object.
#[rustfmt::skip]
pub(super) const NAMES: &[&str] = &[
    "name", "namespace", "serviceName", "secretName", "claimName", "configMapName", "ingressClassName",
    "gatewayClassName", "nodeName", "serviceAccountName", "serviceAccount", "generateName", "sectionName", "app",
    "hostname", "subdomain",
];

/// Keys whose strings are hosts.
#[rustfmt::skip]
pub(super) const HOSTS: &[&str] =
    &["host", "hosts", "hostnames", "externalName", "domain", "commonName", "dnsNames", "server"];

/// Keys whose strings are words of the API: never replaced.
#[rustfmt::skip]
pub(super) const KEPT: &[&str] = &[
    "kind", "apiVersion", "type", "protocol", "appProtocol", "scheme", "phase", "pathType", "operator", "policyTypes",
    "resourceVersion", "uid", "creationTimestamp", "deletionTimestamp", "lastTransitionTime", "startTime", "startedAt",
    "finishedAt", "addressType", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy", "externalTrafficPolicy",
    "group", "verbs", "controllerName", "controller", "conditionType",
];

/// What stands before the slash of a label or annotation.
pub(in crate::cluster) fn domain(key: &str) -> &str {
    key.split_once('/').map_or("", |(domain, _)| domain)
}

/// A domain that everybody has.
pub(in crate::cluster) fn is_known_domain(domain: &str) -> bool {
    DOMAINS
        .iter()
        .any(|known| domain == *known || domain.strip_suffix(known).is_some_and(|before| before.ends_with('.')))
}

/// Well-known labels whose values are names of apps all the same.
pub(super) fn names_app(key: &str) -> bool {
    const KEYS: [&str; 11] = [
        "app.kubernetes.io/name",
        "app.kubernetes.io/instance",
        "app.kubernetes.io/part-of",
        "app.kubernetes.io/component",
        "kubernetes.io/hostname",
        "kubernetes.io/metadata.name",
        "kubernetes.io/service-name",
        "kubernetes.io/cluster-service",
        "topology.kubernetes.io/zone",
        "topology.kubernetes.io/region",
        "statefulset.kubernetes.io/pod-name",
    ];
    KEYS.contains(&key)
}
