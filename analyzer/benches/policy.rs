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
fn cluster(pods: usize, policies: usize) -> Snapshot {
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
                "spec": {"containers": [{"name": "c", "ports": [{"name": "http", "containerPort": 8080}]}]},
                "status": {"phase": "Running", "podIPs": [{"ip": ip}]},
            }),
        );
    }
    for i in 0..policies {
        push(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            json!({
                "metadata": {"name": format!("n{i}"), "namespace": format!("ns{}", i % 50)},
                "spec": {
                    "podSelector": {"matchLabels": {"app": format!("a{}", (i / 50) % 20)}},
                    "ingress": [{
                        "from": [
                            {"namespaceSelector": {"matchLabels": {"team": format!("t{}", i % 5)}}},
                            {"podSelector": {"matchLabels": {"app": format!("a{}", (i + 1) % 20)}}},
                        ],
                        "ports": [{"port": "http"}, {"port": 9000, "endPort": 9100}],
                    }],
                },
            }),
        );
    }
    builder.build()
}

/// The whole matrix of one port.
#[divan::bench(args = [(1250, 500), (2500, 500), (5000, 500), (5000, 250), (5000, 1000)], sample_count = 3)]
fn matrix(bencher: divan::Bencher<'_, '_>, (pods, policies): (usize, usize)) {
    let snapshot = cluster(pods, policies);
    bencher.bench(|| {
        let cluster = Cluster::new(&snapshot);
        let answers = Answers::new(cluster.policies(), Finder::new(cluster.policies(), &cluster));
        let port = Some(Target { protocol: Protocol::Tcp, port: Some(8080) });
        answers.matrix(None, None, port, None, false).rows.len()
    });
}

/// Compiling, indexing and looking around.
#[divan::bench(args = [(5000, 500), (10_000, 500), (5000, 1000)], sample_count = 3)]
fn compile(bencher: divan::Bencher<'_, '_>, (pods, policies): (usize, usize)) {
    let snapshot = cluster(pods, policies);
    bencher.bench(|| PolicyView::new(&snapshot).policies.all().len());
}
