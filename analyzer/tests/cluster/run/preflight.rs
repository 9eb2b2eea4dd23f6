//! What is known before anything is created.

use serde_json::json;

use super::kit::{cluster, run, shop};
use crate::api::Cluster;
use crate::program::program;

#[test]
fn the_pod_fits_the_limit_range_and_that_is_said() {
    let mut cluster = cluster(8080);
    cluster.workshop.fences.insert(
        "limitranges".to_owned(),
        vec![json!({"metadata": {"name": "small"}, "spec": {"limits": [{"type": "Container",
            "min": {"cpu": "50m"}, "max": {"cpu": "200m", "memory": "48Mi"}}]}})],
    );
    let api = cluster.start();
    let (code, out, err) = run(&api, "admin", &["-n", "shop", "--dry-run"]);
    assert_eq!(code, 0, "{err}");
    let job: serde_json::Value = serde_yaml::from_str(out.split("---").nth(1).unwrap()).unwrap();
    let resources = &job["spec"]["template"]["spec"]["containers"][0]["resources"];
    assert_eq!(resources["requests"], json!({"cpu": "50m", "memory": "16Mi"}));
    assert_eq!(resources["limits"], json!({"cpu": "200m", "memory": "48Mi"}));
    assert!(err.contains("LimitRange small"), "{err}");
}

#[test]
fn the_level_of_the_namespace_and_its_mesh_are_said() {
    let mut objects = shop(8080);
    objects[0]["metadata"]["labels"] =
        json!({"pod-security.kubernetes.io/enforce": "restricted", "istio-injection": "enabled"});
    let api = Cluster::new(objects).start();
    let (_, _, err) = run(&api, "admin", &["-n", "shop", "--dry-run"]);
    assert!(err.contains("PodSecurity enforces level restricted") && err.contains("a mesh takes the pods"), "{err}");
    let (_, out, err) = run(&api, "admin", &["-n", "shop", "--dry-run", "--no-mesh"]);
    assert!(!err.contains("a mesh takes the pods") && out.contains("sidecar.istio.io/inject"), "{err}");
}

#[test]
fn a_namespace_that_is_being_deleted_is_seen_before() {
    let mut objects = shop(8080);
    objects[0]["status"]["phase"] = "Terminating".into();
    let api = Cluster::new(objects).start();
    let (code, _, err) = run(&api, "admin", &["-n", "shop", "--yes", "-q"]);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("the namespace is being deleted"), "{err}");
}

#[test]
fn time_that_is_short_is_said() {
    let api = cluster(8080).start();
    let (_, _, err) = run(&api, "admin", &["-n", "shop", "--dry-run", "--timeout", "60s"]);
    assert!(err.contains("--timeout leaves"), "{err}");
}

#[test]
fn a_cluster_that_does_not_answer_is_nothing_that_could_be_analyzed() {
    let api = cluster(8080).start();
    let kubeconfig = api.kubeconfig_in("admin", "shop");
    let text = std::fs::read_to_string(&kubeconfig).unwrap().replace(&api.address.to_string(), "127.0.0.1:1");
    std::fs::write(&kubeconfig, text).unwrap();
    let output = program().args(["run", "--yes", "--timeout", "5s", "--kubeconfig"]).arg(&kubeconfig).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
}
