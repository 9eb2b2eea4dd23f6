//! Whom a run measures as, and what is said before a pod takes a client's labels.

use serde_json::json;

use super::kit::{assert_clean, cluster, ever, good, object, report, run, shop};
use crate::api::Cluster;
use crate::api::jobs::Kubelet;

/// A policy that looks at the client's labels, so that they are needed.
fn policy() -> serde_json::Value {
    object(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "shop",
        "front",
        json!({"spec": {
        "podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress"],
        "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "front"}}}]}]}}),
    )
}

fn working(mut cluster: Cluster) -> Cluster {
    cluster.workshop.kubelet = Kubelet::Seen(vec![json!({"status": {"phase": "Succeeded", "containerStatuses": [
        {"name": "prober", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}]}})]);
    cluster.workshop.log = Some(good);
    cluster
}

#[test]
fn a_client_lends_its_labels_namespace_account_and_node_class() {
    let mut objects = shop(8080);
    objects.push(policy());
    let api = working(Cluster::new(objects)).start();
    let (code, out, err) = run(&api, "admin", &["-n", "shop", "--dry-run", "--from", "shop/deployment/front"]);
    assert_eq!(code, 0, "{err}");
    let job: serde_json::Value = serde_yaml::from_str(out.split("---").nth(1).unwrap()).unwrap();
    let template = &job["spec"]["template"];
    assert_eq!(template["metadata"]["labels"]["app"], "front");
    assert!(template["metadata"]["labels"]["tier"].is_null(), "no policy looks at it");
    assert!(err.contains("label tier is left off"), "{err}");
    let spec = &template["spec"];
    assert_eq!(spec["nodeSelector"], json!({"kubernetes.io/os": "linux", "pool": "edge"}));
    assert_eq!(spec["tolerations"][0]["key"], "edge");
    assert_eq!(spec["serviceAccountName"], "front");
    assert_eq!(spec["automountServiceAccountToken"], false);
}

#[test]
fn several_vantages_are_measured_in_one_run() {
    let mut objects = shop(8080);
    objects.push(policy());
    let api = working(Cluster::new(objects)).start();
    let arguments = ["-n", "shop", "--yes", "--format", "json", "--from", "neutral", "--from", "deployment/front"];
    let (code, out, err) = run(&api, "admin", &[&arguments[..], &["--from", "local", "--deadline", "5"]].concat());
    let report = report(&out, &err);
    let files = report["snapshot"]["observations"].as_array().unwrap();
    let vantages: Vec<&str> = files.iter().map(|f| f["vantage"].as_str().unwrap()).collect();
    assert_eq!(vantages.iter().filter(|v| **v == "in-cluster").count(), 2, "{files:#?}");
    assert_eq!(vantages.iter().filter(|v| **v == "local").count(), 1, "{files:#?}");
    assert_eq!((code, ever(&api, "jobs")), (0, 2), "{err}");
    assert_clean(&api, &err);
}

#[test]
fn a_vantage_that_cannot_run_does_not_hold_back_the_others() {
    let mut objects = shop(8080);
    objects.push(object("v1", "Namespace", "", "closed", json!({"status": {"phase": "Terminating"}})));
    let mut client = object("apps/v1", "Deployment", "closed", "old", json!({"spec": {"template": {"spec": {}}}}));
    client["spec"]["template"]["metadata"]["labels"]["app"] = "old".into();
    objects.push(client);
    let api = working(Cluster::new(objects)).start();
    let arguments = ["-n", "shop", "--yes", "-q", "--from", "closed/deployment/old", "--from", "neutral"];
    let (code, _, err) = run(&api, "admin", &arguments);
    assert_eq!((code, ever(&api, "jobs")), (0, 1), "{err}");
    assert!(err.contains("not tested from a pod like those of deployment/old in namespace closed"), "{err}");
    assert!(err.contains("the namespace is being deleted"), "{err}");
    assert_clean(&api, &err);
}

#[test]
fn nothing_is_created_where_something_would_count_on_the_pod() {
    let mut objects = shop(8080);
    objects.push(policy());
    objects.push(object(
        "policy/v1",
        "PodDisruptionBudget",
        "shop",
        "front",
        json!({"spec": {"minAvailable": 1,
        "selector": {"matchLabels": {"app": "front"}}}}),
    ));
    let api = working(Cluster::new(objects)).start();
    let arguments = ["-n", "shop", "--yes", "-q", "--from", "deployment/front"];
    let (code, out, err) = run(&api, "admin", &arguments);
    assert_eq!((code, out.as_str(), ever(&api, "jobs")), (2, "", 0), "{err}");
    assert!(err.contains("budget") && err.contains("--accept-hazards"), "{err}");
    let (code, _, err) = run(&api, "admin", &[&arguments[..], &["--accept-hazards"]].concat());
    assert_eq!((code, ever(&api, "jobs")), (0, 1), "{err}");
    assert!(err.contains("hazard:"), "{err}");
    assert_clean(&api, &err);
}

#[test]
fn a_client_that_does_not_exist_is_a_mistake_of_the_command_line() {
    let api = cluster(8080).start();
    for (from, words) in
        [("deployment/none", "there is no deployment/none in namespace shop"), ("service/web", "no vantage")]
    {
        let (code, _, err) = run(&api, "admin", &["-n", "shop", "--yes", "--from", from]);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(words), "{err}");
    }
    assert_eq!(ever(&api, "jobs"), 0);
}

#[test]
fn vantages_that_are_alike_get_a_job_each_and_one_that_is_named_twice_gets_one() {
    let mut objects = shop(8080);
    let front = objects.iter().find(|o| o["kind"] == "Deployment" && o["metadata"]["name"] == "front").unwrap();
    let mut twin = front.clone();
    twin["kind"] = "StatefulSet".into();
    objects.push(twin);
    let api = working(Cluster::new(objects)).start();
    let from = ["--from", "deployment/front", "--from", "statefulset/front", "--from", "shop/deployment/front"];
    let arguments = [&["-n", "shop", "--yes", "--format", "json"][..], &from].concat();
    let (code, out, err) = run(&api, "admin", &arguments);
    let report = report(&out, &err);
    assert_eq!((code, ever(&api, "jobs")), (0, 2), "{err}");
    assert_eq!(report["snapshot"]["observations"].as_array().unwrap().len(), 2, "{err}");
    assert_clean(&api, &err);
}
