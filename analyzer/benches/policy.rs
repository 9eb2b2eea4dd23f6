//! How the policy evaluator grows with pods and with policies. One run shows the ratios: twice the pods
//! are to cost about twice, and so are twice the policies.

#![allow(missing_docs, reason = "divan's macros make items")]

use kubereach_engine::evaluate::Cluster;
use kubereach_engine::policy::{PolicyView, Protocol};
use kubereach_engine::question::{Answers, Finder, Target};
use kubereach_model::snapshot::{AnyObject, Assumption, Builder, Decode, Snapshot};
use serde_json::{Value, json};

fn main() {
    divan::main();
}

struct Json(Value);

impl Decode for Json {
    type Error = serde_json::Error;
    fn decode<T: serde::de::DeserializeOwned>(&self) -> Result<T, Self::Error> {
        T::deserialize(&self.0)
    }
}

/// Fifty namespaces with twenty kinds of pods; every pod has a label of its own, as replicas have.
fn cluster(pods: usize, policies: usize, policy: fn(usize) -> Made) -> Snapshot {
    beside("agent", pods, policies, policy)
}

/// The same with a container of this name in every pod.
fn beside(container: &str, pods: usize, policies: usize, policy: fn(usize) -> Made) -> Snapshot {
    let mut builder = Builder::default();
    builder.coverage.assume(Assumption { kind: None, namespace: None });
    let mut push = |api: &str, kind: &str, value: Value| {
        if let Ok(object) = AnyObject::decode(api, kind, &Json(value)) {
            builder.push(object, 0, false);
        }
    };
    for ns in 0..50 {
        push(
            "v1",
            "Namespace",
            json!({"metadata": {"name": format!("ns{ns}"), "labels": {"team": format!("t{}", ns % 5)}}}),
        );
    }
    for i in 0..pods {
        let ip = format!("10.{}.{}.{}", i / 65_536, (i / 256) % 256, i % 256);
        push(
            "v1",
            "Pod",
            json!({
                "metadata": {"name": format!("p{i}"), "namespace": format!("ns{}", i % 50),
                    "labels": {"app": format!("a{}", (i / 50) % 20), "pod-template-hash": format!("h{i}")}},
                "spec": {"containers": [{"name": container}, {"name": "c", "ports": [{"name": "http", "containerPort": 8080}]}]},
                "status": {"phase": "Running", "podIPs": [{"ip": ip}]},
            }),
        );
    }
    for (api, kind, value) in (0..policies).map(policy) {
        push(api, kind, value);
    }
    builder.build()
}

type Made = (&'static str, &'static str, Value);

/// Of Kubernetes.
fn core(i: usize) -> Made {
    let spec = json!({
        "podSelector": {"matchLabels": {"app": format!("a{}", (i / 50) % 20)}},
        "ingress": [{
            "from": [
                {"namespaceSelector": {"matchLabels": {"team": format!("t{}", i % 5)}}},
                {"podSelector": {"matchLabels": {"app": format!("a{}", (i + 1) % 20)}}},
            ],
            "ports": [{"port": "http"}, {"port": 9000, "endPort": 9100}],
        }],
    });
    let meta = json!({"name": format!("n{i}"), "namespace": format!("ns{}", i % 50)});
    ("networking.k8s.io/v1", "NetworkPolicy", json!({"metadata": meta, "spec": spec}))
}

/// Of Calico: every fifth is global, and all stand in the tier `default`.
fn calico(i: usize) -> Made {
    let rule = |action: &str| {
        json!({
            "action": action, "protocol": "TCP",
            "source": {"selector": format!("app == 'a{}'", (i + 1) % 20), "namespaceSelector": format!("team == 't{}'", i % 5)},
            "destination": {"ports": ["http", "9000:9100"]},
        })
    };
    let spec = json!({
        "order": i, "selector": format!("app in {{'a{}', 'none'}}", (i / 50) % 20), "types": ["Ingress"],
        "ingress": [rule("Deny"), rule("Allow")],
    });
    let global = i.is_multiple_of(5);
    let namespace = (!global).then(|| format!("ns{}", i % 50));
    let kind = if global { "GlobalNetworkPolicy" } else { "NetworkPolicy" };
    ("projectcalico.org/v3", kind, json!({"metadata": {"name": format!("c{i}"), "namespace": namespace}, "spec": spec}))
}

/// Of Cilium: by labels and, every tenth, by addresses.
fn cilium(i: usize) -> Made {
    let from = json!({"fromEndpoints": [{"matchLabels": {"k8s:app": format!("a{}", (i + 1) % 20)}}],
        "toPorts": [{"ports": [{"port": "8080", "protocol": "TCP"}]}]});
    let mut spec = json!({
        "endpointSelector": {"matchLabels": {"app": format!("a{}", (i / 50) % 20)}},
        "ingress": [from],
        "ingressDeny": [{"fromEndpoints": [{"matchLabels": {"app": format!("a{}", (i + 3) % 20)}}]}],
    });
    if i.is_multiple_of(10) {
        spec["egress"] = json!([{"toCIDR": [format!("10.{}.0.0/16", i % 8)]}, {"toEntities": ["cluster"]}]);
    }
    let meta = json!({"name": format!("n{i}"), "namespace": format!("ns{}", i % 50)});
    ("cilium.io/v2", "CiliumNetworkPolicy", json!({"metadata": meta, "spec": spec}))
}

/// Of Antrea: of the cluster, in three tiers.
fn antrea(i: usize) -> Made {
    let tier = ["securityops", "application", "baseline"].get(i % 3).copied().unwrap_or_default();
    let rule = |action: &str, app: usize| {
        json!({"action": action, "from": [{"podSelector": {"matchLabels": {"app": format!("a{app}")}}}],
            "ports": [{"protocol": "TCP", "port": 8000, "endPort": 8100}]})
    };
    let spec = json!({
        "tier": tier, "priority": i,
        "appliedTo": [{"podSelector": {"matchLabels": {"app": format!("a{}", (i / 50) % 20)}},
            "namespaceSelector": {"matchLabels": {"team": format!("t{}", i % 5)}}}],
        "ingress": [rule("Allow", (i + 1) % 20), rule("Drop", (i + 2) % 20)],
    });
    ("crd.antrea.io/v1beta1", "ClusterNetworkPolicy", json!({"metadata": {"name": format!("n{i}")}, "spec": spec}))
}

/// Of administrators.
fn admin(i: usize) -> Made {
    let peer = |app: usize| json!([{"pods": {"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": format!("a{app}")}}}}]);
    let spec = json!({
        "tier": "Admin", "priority": i,
        "subject": {"pods": {"namespaceSelector": {"matchLabels": {"team": format!("t{}", i % 5)}},
            "podSelector": {"matchLabels": {"app": format!("a{}", (i / 50) % 20)}}}},
        "ingress": [{"action": "Accept", "from": peer((i + 1) % 20)}, {"action": "Deny", "from": peer((i + 2) % 20)}],
    });
    let value = json!({"metadata": {"name": format!("n{i}")}, "spec": spec});
    ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", value)
}

/// Of Istio: by service account, port and method.
fn istio(i: usize) -> Made {
    let spec = json!({
        "selector": {"matchLabels": {"app": format!("a{}", (i / 50) % 20)}},
        "action": if i.is_multiple_of(3) { "DENY" } else { "ALLOW" },
        "rules": [{"from": [{"source": {"namespaces": [format!("ns{}", (i + 1) % 50)]}}],
            "to": [{"operation": {"ports": ["8080"], "methods": ["GET"]}}]}],
    });
    let meta = json!({"name": format!("n{i}"), "namespace": format!("ns{}", i % 50)});
    ("security.istio.io/v1", "AuthorizationPolicy", json!({"metadata": meta, "spec": spec}))
}

/// Of Linkerd: a server and what authorizes its clients, in turn.
fn linkerd(i: usize) -> Made {
    let (own, namespace) = (i / 2, format!("ns{}", (i / 2) % 50));
    let meta = json!({"name": format!("n{own}"), "namespace": namespace});
    if i.is_multiple_of(2) {
        let spec = json!({"podSelector": {"matchLabels": {"app": format!("a{}", (own / 50) % 20)}}, "port": 8080});
        return ("policy.linkerd.io/v1beta3", "Server", json!({"metadata": meta, "spec": spec}));
    }
    let client =
        json!({"meshTLS": {"serviceAccounts": [{"name": "default", "namespace": format!("ns{}", (own + 1) % 50)}]}});
    let spec = json!({"server": {"name": format!("n{own}")}, "client": client});
    ("policy.linkerd.io/v1beta1", "ServerAuthorization", json!({"metadata": meta, "spec": spec}))
}

/// The whole matrix of one port.
#[divan::bench(args = [(1250, 500), (2500, 500), (5000, 500), (5000, 250), (5000, 1000)], sample_count = 3)]
fn matrix(bencher: divan::Bencher<'_, '_>, (pods, policies): (usize, usize)) {
    whole_matrix(bencher, &cluster(pods, policies, core));
}

/// The same under policies of Calico.
#[divan::bench(args = [(2500, 500), (5000, 500), (5000, 250)], sample_count = 3)]
fn matrix_of_calico(bencher: divan::Bencher<'_, '_>, (pods, policies): (usize, usize)) {
    whole_matrix(bencher, &cluster(pods, policies, calico));
}

/// The same under policies of each other engine.
#[divan::bench(args = ["admin", "antrea", "cilium", "istio", "linkerd"], sample_count = 3)]
fn matrix_of(bencher: divan::Bencher<'_, '_>, engine: &str) {
    let (container, made): (&str, fn(usize) -> Made) = match engine {
        "admin" => ("agent", admin),
        "antrea" => ("agent", antrea),
        "cilium" => ("agent", cilium),
        "istio" => ("istio-proxy", istio),
        _ => ("linkerd-proxy", linkerd),
    };
    whole_matrix(bencher, &beside(container, 5000, 500, made));
}

fn whole_matrix(bencher: divan::Bencher<'_, '_>, snapshot: &Snapshot) {
    bencher.bench(|| {
        let cluster = Cluster::new(snapshot);
        let answers = Answers::new(cluster.policies(), Finder::new(cluster.policies(), &cluster));
        let port = Some(Target { protocol: Protocol::Tcp, port: Some(8080) });
        answers.matrix(None, None, port, None, false).rows.len()
    });
}

/// Compiling, indexing and looking around.
#[divan::bench(args = [(5000, 500), (10_000, 500), (5000, 1000)], sample_count = 3)]
fn compile(bencher: divan::Bencher<'_, '_>, (pods, policies): (usize, usize)) {
    let snapshot = cluster(pods, policies, core);
    bencher.bench(|| PolicyView::new(&snapshot).policies.all().len());
}
