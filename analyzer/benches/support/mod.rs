//! A cluster of a given size as `kubectl get … -A -o yaml|json` prints it: realistic objects, the same
//! bytes for the same size. A few in a hundred are at fault, as they are in any large cluster.

mod front;

use std::fmt::Write as _;

/// How many of each kind a cluster of `pods` pods has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Pods.
    pub pods: usize,
}

impl Size {
    /// Namespaces: one per 15 pods at the scale of Kubernetes' own limits (150,000 / 10,000).
    pub(crate) fn namespaces(self) -> usize {
        (self.pods / 15).max(1)
    }

    /// Services: one per 15 pods.
    pub(crate) fn services(self) -> usize {
        (self.pods / 15).max(1)
    }

    /// Nodes: one per 30 pods.
    pub(crate) fn nodes(self) -> usize {
        (self.pods / 30).max(1)
    }

    /// Network policies: one per 300 pods.
    pub(crate) fn policies(self) -> usize {
        self.pods / 300
    }

    /// Gateways: one per 15,000 pods.
    pub(crate) fn gateways(self) -> usize {
        self.pods.div_ceil(15_000)
    }
}

/// The whole cluster as one `kind: List` in YAML.
#[allow(dead_code)] // Not every program of these wants it in memory.
pub(crate) fn yaml(size: Size) -> String {
    // Writing to memory does not fail.
    let mut out = Vec::with_capacity(size.pods * 8_500);
    let _ = write_yaml(objects(size), &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// The whole cluster as one `kind: List` in indented JSON.
#[allow(dead_code)] // Not every program of these wants it in memory.
pub(crate) fn json(size: Size) -> String {
    let mut out = Vec::with_capacity(size.pods * 16_000);
    let _ = write_json(objects(size), &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// Writes objects as `kubectl get … -o yaml` prints them, one after the other.
pub(crate) fn write_yaml(
    objects: impl Iterator<Item = serde_json::Value>,
    to: &mut impl std::io::Write,
) -> std::io::Result<()> {
    to.write_all(b"apiVersion: v1\nitems:\n")?;
    let mut text = String::new();
    for object in objects {
        text.clear();
        item(&mut text, &object);
        to.write_all(text.as_bytes())?;
    }
    to.write_all(b"kind: List\nmetadata:\n  resourceVersion: \"\"\n")
}

/// Writes objects as `kubectl get … -o json` prints them, one after the other.
pub(crate) fn write_json(
    objects: impl Iterator<Item = serde_json::Value>,
    to: &mut impl std::io::Write,
) -> std::io::Result<()> {
    to.write_all(b"{\n    \"apiVersion\": \"v1\",\n    \"items\": [")?;
    for (n, object) in objects.enumerate() {
        to.write_all(if n == 0 { b"\n" } else { b",\n" })?;
        let mut text = Vec::new();
        let style = serde_json::ser::PrettyFormatter::with_indent(b"    ");
        let mut serializer = serde_json::Serializer::with_formatter(&mut text, style);
        serde::Serialize::serialize(&object, &mut serializer).map_err(std::io::Error::other)?;
        for (line, part) in text.split(|&b| b == b'\n').enumerate() {
            to.write_all(if line == 0 { b"        " } else { b"\n        " })?;
            to.write_all(part)?;
        }
    }
    to.write_all(
        b"\n    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n",
    )
}

/// Rendered manifests: a Service, a Deployment, a ConfigMap and an Ingress per app, every tenth Ingress with a
/// typing error in the name of its Service.
#[allow(dead_code, reason = "only one of the benchmarks renders")]
pub(crate) fn rendering(objects: usize) -> String {
    let mut out = String::with_capacity(objects * 600);
    for app in 0..objects.div_ceil(4) {
        let backend = if app % 10 == 0 { format!("app-{app}x") } else { format!("app-{app}") };
        let _ = write!(
            out,
            "---\n# Source: shop/templates/app.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: app-{app}\n  \
             namespace: shop\nspec:\n  selector:\n    app: app-{app}\n  ports:\n    - name: http\n      port: 80\n      \
             targetPort: http\n---\n# Source: shop/templates/app.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  \
             name: app-{app}\n  namespace: shop\nspec:\n  replicas: 2\n  selector:\n    matchLabels:\n      app: app-{app}\n  \
             template:\n    metadata:\n      labels:\n        app: app-{app}\n    spec:\n      containers:\n        - name: app\n          \
             image: registry.example/app:{app}\n          ports:\n            - name: http\n              containerPort: 8080\n---\n\
             apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-{app}\n  namespace: shop\ndata:\n  LEVEL: info\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: app-{app}\n  namespace: shop\nspec:\n  \
             ingressClassName: nginx\n  rules:\n    - host: app-{app}.example\n      http:\n        paths:\n          - path: /\n            \
             pathType: Prefix\n            backend:\n              service:\n                name: {backend}\n                port:\n                  number: 80\n"
        );
    }
    out
}

fn item(out: &mut String, object: &serde_json::Value) {
    let text = serde_yaml::to_string(object).unwrap_or_default();
    for (index, line) in text.lines().enumerate() {
        out.push_str(if index == 0 { "- " } else { "  " });
        out.push_str(line);
        out.push('\n');
    }
}

/// Every object, in kubectl's order of kinds.
pub(crate) fn objects(size: Size) -> impl Iterator<Item = serde_json::Value> {
    let services = size.services();
    let per_service = size.pods.div_ceil(services);
    let pods = (0..size.pods).map(move |i| pod(i, i / per_service, size));
    let slices = (0..services).map(move |s| slice(s, per_service, size));
    let rest = (0..services).flat_map(move |s| {
        let entry = match s % 4 {
            0 => Some(ingress(s, size)),
            2 => Some(front::route(s, size)),
            _ => None,
        };
        [Some(service(s, size)), Some(deployment(s, per_service, size)), entry].into_iter().flatten()
    });
    let namespaces = (0..size.namespaces()).map(|n| front::namespace(&ns(n), 9_000_000 + n));
    let nodes = (0..size.nodes()).map(|n| {
        serde_json::json!({"apiVersion": "v1", "kind": "Node", "metadata": meta(&node(n), None, 8_000_000 + n),
            "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
                       "addresses": [{"type": "InternalIP", "address": format!("172.16.{}.{}", n / 250, n % 250 + 1)}]}})
    });
    let class = std::iter::once(serde_json::json!({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
        "metadata": meta("nginx", None, 1), "spec": {"controller": "k8s.io/ingress-nginx"}}));
    let policies = (0..size.policies()).map(move |p| front::policy(p, size));
    pods.chain(rest)
        .chain(slices)
        .chain(namespaces)
        .chain(nodes)
        .chain(class)
        .chain(policies)
        .chain(front::shared(size))
}

/// What is wrong with a Service, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Its selector has a typing error.
    Selector,
    /// Its target port is a name that no container has.
    TargetPort,
    /// Its pods crash.
    Crash,
}

/// Three Services in a hundred.
const fn fault(s: usize) -> Option<Fault> {
    match s % 100 {
        17 => Some(Fault::Selector),
        37 => Some(Fault::TargetPort),
        57 => Some(Fault::Crash),
        _ => None,
    }
}

fn ns(n: usize) -> String {
    format!("team-{n:05}")
}

fn node(n: usize) -> String {
    format!("node-{n:05}.internal.example")
}

/// Sixty-four bits that look like chance, always the same for a number: what is random in a cluster (uids, ids of
/// containers, ends of names) cannot be compressed, and stands in no order.
fn mixed(n: usize) -> u64 {
    // SplitMix64, a public-domain generator of Sebastiano Vigna's.
    let mut z = (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Of pod `i`, which belongs to app `s`.
fn pod_name(i: usize, s: usize) -> String {
    format!("{}-7d4b9c6f5d-{:010x}", app(s), mixed(i) >> 24)
}

/// As containerd gives it.
fn container_id(n: usize) -> String {
    let words: String = (0..4).map(|part| format!("{:016x}", mixed(4 * n + part))).collect();
    format!("containerd://{words}")
}

fn app(s: usize) -> String {
    format!("app-{s:05}")
}

/// Teams are of unequal size: a fifth of the Services stand in ten namespaces, the others in one each.
fn namespace_of(service: usize, size: Size) -> String {
    ns(if service.is_multiple_of(5) { service / 5 % 10 } else { service } % size.namespaces())
}

fn ip(i: usize) -> String {
    format!("10.{}.{}.{}", 64 + i / 62_500, i / 250 % 250, i % 250 + 1)
}

/// One pod in fifty is not ready, nor is any that crashes.
fn ready(i: usize, s: usize) -> bool {
    i % 50 != 49 && fault(s) != Some(Fault::Crash)
}

fn meta(name: &str, namespace: Option<&str>, seed: usize) -> serde_json::Value {
    let (high, low) = (mixed(seed), mixed(seed + 1));
    let uid = format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        high & 0xffff,
        high >> 16 & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    );
    let mut meta = serde_json::json!({"creationTimestamp": "2026-10-01T08:00:00Z", "name": name,
        "resourceVersion": (1_000_000 + seed).to_string(), "uid": uid});
    if let Some(namespace) = namespace {
        meta["namespace"] = namespace.into();
    }
    meta
}

fn pod(i: usize, s: usize, size: Size) -> serde_json::Value {
    let namespace = namespace_of(s, size);
    let name = pod_name(i, s);
    let mut metadata = meta(&name, Some(&namespace), i);
    metadata["generateName"] = format!("{}-7d4b9c6f5d-", app(s)).into();
    metadata["labels"] = serde_json::json!({"app.kubernetes.io/name": app(s), "app.kubernetes.io/version": "1.42.0",
        "pod-template-hash": "7d4b9c6f5d", "team": namespace});
    metadata["annotations"] = serde_json::json!({"prometheus.io/scrape": "true", "prometheus.io/port": "9090",
        "cni.projectcalico.org/podIP": format!("{}/32", ip(i)), "kubectl.kubernetes.io/default-container": "app", "checksum/config":
        "6f1c0b7a9c0a4cfb5e7f9b7b5f6f6a0e2a3b8a5e94df5a1f0c7f1f1f7c8b9e2d"});
    metadata["ownerReferences"] = serde_json::json!([{"apiVersion": "apps/v1", "blockOwnerDeletion": true,
        "controller": true, "kind": "ReplicaSet", "name": format!("{}-7d4b9c6f5d", app(s)), "uid": "0f0f0f0f-0000-4000-a000-000000000000"}]);
    let ok = ready(i, s);
    let status = if ok { "True" } else { "False" };
    let state = if fault(s) == Some(Fault::Crash) {
        serde_json::json!({"waiting": {"reason": "CrashLoopBackOff",
            "message": "back-off 5m0s restarting failed container=app"}})
    } else {
        serde_json::json!({"running": {"startedAt": "2026-10-01T08:00:05Z"}})
    };
    let mut env: Vec<serde_json::Value> =
        (0..12).map(|n| serde_json::json!({"name": format!("SETTING_{n}"), "value": format!("value-{n}")})).collect();
    env.extend((0..4).map(|n| {
        serde_json::json!({"name": format!("SECRET_{n}"), "valueFrom":
        {"secretKeyRef": {"key": format!("key-{n}"), "name": "credentials"}}})
    }));
    env.extend(["NAME", "NAMESPACE", "UID"].map(|n| {
        serde_json::json!({"name": format!("POD_{n}"), "valueFrom":
        {"fieldRef": {"apiVersion": "v1", "fieldPath": format!("metadata.{}", n.to_lowercase())}}})
    }));
    // A pod's own token volume has a name of its own.
    let token = format!("kube-api-access-{:05x}", mixed(i + 7) >> 44);
    let sidecar = serde_json::json!({
        "args": ["proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc.cluster.local", "--log_output_level=default:info",
                 "--concurrency", "2"],
        "env": [{"name": "JWT_POLICY", "value": "third-party-jwt"}, {"name": "PILOT_CERT_PROVIDER", "value": "istiod"},
                {"name": "META_APP_CONTAINERS", "value": "app"}, {"name": "META_WORKLOAD_NAME", "value": app(s)}],
        "image": "registry.example/proxy:1.22.3", "imagePullPolicy": "IfNotPresent", "name": "proxy",
        "ports": [{"containerPort": 15090, "name": "http-envoy-prom", "protocol": "TCP"}],
        "readinessProbe": {"failureThreshold": 4, "httpGet": {"path": "/healthz/ready", "port": 15021, "scheme": "HTTP"},
                           "periodSeconds": 15, "successThreshold": 1, "timeoutSeconds": 3},
        "resources": {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "10m", "memory": "40Mi"}},
        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}, "privileged": false,
                            "readOnlyRootFilesystem": true, "runAsGroup": 1337, "runAsNonRoot": true, "runAsUser": 1337},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
        "volumeMounts": [{"mountPath": "/var/run/secrets/istio", "name": "istiod-ca-cert"},
                         {"mountPath": "/etc/istio/proxy", "name": "istio-envoy"},
                         {"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": token, "readOnly": true}]
    });
    serde_json::json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": metadata,
        "spec": {
            "containers": [{
                "env": env, "image": format!("registry.example/{}:1.42.0", app(s)), "imagePullPolicy": "IfNotPresent",
                "name": "app", "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"},
                                          {"containerPort": 9090, "name": "metrics", "protocol": "TCP"}],
                "readinessProbe": {"failureThreshold": 3, "httpGet": {"path": "/ready", "port": "http", "scheme": "HTTP"},
                                   "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1},
                "resources": {"limits": {"memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "256Mi"}},
                "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                "volumeMounts": [{"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": token, "readOnly": true}]
            }, sidecar],
            "dnsPolicy": "ClusterFirst", "enableServiceLinks": true, "nodeName": node(i % size.nodes()),
            "preemptionPolicy": "PreemptLowerPriority", "priority": 0, "restartPolicy": "Always",
            "schedulerName": "default-scheduler", "securityContext": {}, "serviceAccountName": "default",
            "terminationGracePeriodSeconds": 30,
            "tolerations": [{"effect": "NoExecute", "key": "node.kubernetes.io/not-ready", "operator": "Exists", "tolerationSeconds": 300},
                            {"effect": "NoExecute", "key": "node.kubernetes.io/unreachable", "operator": "Exists", "tolerationSeconds": 300}],
            "volumes": [{"emptyDir": {"medium": "Memory"}, "name": "istio-envoy"},
                {"configMap": {"defaultMode": 420, "name": "istio-ca-root-cert"}, "name": "istiod-ca-cert"}, {"name": token, "projected": {"defaultMode": 420, "sources": [
                {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}}]}}]
        },
        "status": {
            "conditions": [
                {"lastProbeTime": null, "lastTransitionTime": "2026-10-01T08:00:03Z", "status": "True", "type": "Initialized"},
                {"lastProbeTime": null, "lastTransitionTime": "2026-10-01T08:00:12Z", "status": status, "type": "Ready"},
                {"lastProbeTime": null, "lastTransitionTime": "2026-10-01T08:00:12Z", "status": status, "type": "ContainersReady"},
                {"lastProbeTime": null, "lastTransitionTime": "2026-10-01T08:00:03Z", "status": "True", "type": "PodScheduled"}],
            "containerStatuses": [{"containerID": container_id(2 * i), "image": "registry.example/proxy:1.22.3",
                "imageID": "registry.example/proxy@sha256:0d5f60cb58c7a42d8c9f60ef6b7f1f2e5d9f00b3c1e8a4f7d6b5c4e3f2a1b0c9",
                "lastState": {}, "name": "proxy", "ready": true, "restartCount": 0, "started": true,
                "state": {"running": {"startedAt": "2026-10-01T08:00:06Z"}}}, {"containerID": container_id(2 * i + 1), "image": format!("registry.example/{}:1.42.0", app(s)),
                "imageID": "registry.example/app@sha256:5f1c5f60cb58c7a42d8c9f60ef6b7f1f2e5d9f00b3c1e8a4f7d6b5c4e3f2a1b0", "lastState": {}, "name": "app", "ready": ok, "restartCount": 0, "started": true,
                "state": state}],
            "hostIP": format!("172.16.0.{}", i % 250 + 1), "phase": "Running", "podIP": ip(i), "podIPs": [{"ip": ip(i)}],
            "qosClass": "Burstable", "startTime": "2026-10-01T08:00:03Z"
        }
    })
}

fn service(s: usize, size: Size) -> serde_json::Value {
    let mut metadata = meta(&app(s), Some(&namespace_of(s, size)), 2_000_000 + s);
    metadata["labels"] = serde_json::json!({"app.kubernetes.io/name": app(s)});
    let address = format!("172.20.{}.{}", s / 250, s % 250 + 1);
    let selected = if fault(s) == Some(Fault::Selector) { app(s) + "x" } else { app(s) };
    let target = if fault(s) == Some(Fault::TargetPort) { "web" } else { "http" };
    serde_json::json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata,
        "spec": {"clusterIP": address, "clusterIPs": [address], "internalTrafficPolicy": "Cluster", "ipFamilies": ["IPv4"],
                 "ipFamilyPolicy": "SingleStack", "selector": {"app.kubernetes.io/name": selected}, "sessionAffinity": "None",
                 "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": target},
                           {"name": "metrics", "port": 9090, "protocol": "TCP", "targetPort": 9090}], "type": "ClusterIP"},
        "status": {"loadBalancer": {}}})
}

fn slice(s: usize, per_service: usize, size: Size) -> serde_json::Value {
    let namespace = namespace_of(s, size);
    let mut metadata = meta(&format!("{}-x7k2p", app(s)), Some(&namespace), 3_000_000 + s);
    metadata["labels"] = serde_json::json!({"kubernetes.io/service-name": app(s),
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"});
    let first = s * per_service;
    let endpoints: Vec<serde_json::Value> = (first..(first + per_service).min(size.pods))
        .map(|i| {
            serde_json::json!({"addresses": [ip(i)],
                "conditions": {"ready": ready(i, s), "serving": ready(i, s), "terminating": false},
                "nodeName": node(i % size.nodes()),
                "targetRef": {"kind": "Pod", "name": pod_name(i, s), "namespace": namespace}})
        })
        .filter(|_| fault(s) != Some(Fault::Selector))
        .collect();
    let mut ports = vec![
        serde_json::json!({"name": "http", "port": 8080, "protocol": "TCP"}),
        serde_json::json!({"name": "metrics", "port": 9090, "protocol": "TCP"}),
    ];
    if fault(s) == Some(Fault::TargetPort) {
        ports.remove(0);
    }
    serde_json::json!({"addressType": "IPv4", "apiVersion": "discovery.k8s.io/v1", "endpoints": endpoints,
        "kind": "EndpointSlice", "metadata": metadata, "ports": ports})
}

fn deployment(s: usize, per_service: usize, size: Size) -> serde_json::Value {
    let labels = serde_json::json!({"app.kubernetes.io/name": app(s)});
    serde_json::json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": meta(&app(s), Some(&namespace_of(s, size)), 4_000_000 + s),
        "spec": {"replicas": per_service, "selector": {"matchLabels": labels},
                 "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "app",
                    "image": "registry.example/app:1.42.0", "ports": [{"containerPort": 8080, "name": "http", "protocol": "TCP"}]}]}}},
        "status": {"availableReplicas": per_service, "observedGeneration": 1, "readyReplicas": per_service, "replicas": per_service}})
}

/// One Ingress in 25 names a Service that does not exist.
fn ingress(s: usize, size: Size) -> serde_json::Value {
    let backend = if s.is_multiple_of(100) { app(s) + "x" } else { app(s) };
    serde_json::json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": meta(&app(s), Some(&namespace_of(s, size)), 5_000_000 + s),
        "spec": {"ingressClassName": "nginx", "rules": [{"host": format!("{}.apps.example", app(s)), "http": {"paths": [
            {"backend": {"service": {"name": backend, "port": {"number": 80}}}, "path": "/", "pathType": "Prefix"}]}}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.10"}]}}})
}
