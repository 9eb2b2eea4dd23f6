//! Leftovers: only what carries our labels and name, and only where one may look.

use serde_json::{Value, json};

use super::kit::{cluster, run};
use crate::api::{Api, Rule};

fn leave(api: &Api, plural: &str, name: &str, namespace: &str, labels: Value) {
    let object = json!({"metadata": {"name": name, "namespace": namespace, "uid": format!("{plural}-{name}"),
        "labels": labels, "creationTimestamp": "2026-01-02T03:04:05Z"}});
    let mut made = api.cluster.workshop.made.lock().unwrap();
    made.objects.entry(plural.to_owned()).or_default().push(object);
}

fn ours(run: &str) -> Value {
    json!({"app.kubernetes.io/managed-by": "kubereach", "app.kubernetes.io/name": "kubereach-prober",
        "kubereach.dev/run": run})
}

fn names(api: &Api, plural: &str) -> Vec<String> {
    let made = api.cluster.workshop.made.lock().unwrap();
    let all = made.objects.get(plural).into_iter().flatten();
    all.map(|o| o["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_not_ours_stays() {
    let api = cluster(8080).start();
    leave(&api, "jobs", "kubereach-probe-1", "shop", ours("kubereach-probe-1"));
    leave(&api, "configmaps", "kubereach-probe-1", "shop", ours("kubereach-probe-1"));
    // Our labels on something with a name we never give, and our name without our labels.
    leave(&api, "jobs", "payroll", "shop", ours("payroll"));
    leave(&api, "configmaps", "kubereach-probe-mine", "shop", json!({"kubereach.dev/run": "x"}));
    let (code, _, err) = run(&api, "admin", &["--cleanup", "--yes"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(names(&api, "jobs"), ["payroll"], "{err}");
    assert_eq!(names(&api, "configmaps"), ["kubereach-probe-mine"], "{err}");
}

#[test]
fn one_run_can_be_named() {
    let api = cluster(8080).start();
    for run in ["kubereach-probe-1", "kubereach-probe-2"] {
        leave(&api, "jobs", run, "shop", ours(run));
    }
    let (code, _, err) = run(&api, "admin", &["--cleanup=kubereach-probe-2", "--yes"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(names(&api, "jobs"), ["kubereach-probe-1"]);
}

#[test]
fn whoever_sees_one_namespace_cleans_that_one_and_whoever_sees_none_is_told() {
    let api = cluster(8080).identity("tenant", vec![Rule::in_namespace("shop")]).identity("nobody", Vec::new()).start();
    leave(&api, "jobs", "kubereach-probe-1", "shop", ours("kubereach-probe-1"));
    leave(&api, "jobs", "kubereach-probe-9", "vault", ours("kubereach-probe-9"));
    let (code, _, err) = run(&api, "nobody", &["--cleanup", "--yes"]);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("not looked at"), "{err}");
    let (code, _, err) = run(&api, "tenant", &["--cleanup", "--yes"]);
    assert_eq!(code, 0, "{err}");
    assert!(!err.contains("vault"), "{err}");
    assert_eq!(names(&api, "jobs"), ["kubereach-probe-9"]);
}
