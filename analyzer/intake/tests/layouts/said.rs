//! Masked and stripped values, and inputs that hold nothing.

use std::sync::Arc;

use kubereach_intake::InputSpec;
use kubereach_model::snapshot::Provenance;

use crate::{file, list, one, tar, try_read};

#[test]
fn masked_values_are_redacted_and_not_invalid() {
    for mask in ["***HIDDEN***", "x-ipv4-0000000001-x", "xxx", "XXXXXX"] {
        let pod = format!(
            r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"web","namespace":"shop","uid":"1"}},"status":{{"phase":"Running","podIP":"{mask}","hostIP":"{mask}"}}}}"#
        );
        let service = format!(
            r#"{{"apiVersion":"v1","kind":"Service","metadata":{{"name":"web","namespace":"shop","uid":"2"}},"spec":{{"clusterIP":"{mask}","clusterIPs":["{mask}"],"ports":[{{"port":80,"targetPort":"{mask}"}}]}}}}"#
        );
        let snapshot = one(&[file("d.json", &list(&[pod, service]))]);
        let pod = snapshot.pods.iter().next().unwrap();
        assert!(pod.status.as_ref().unwrap().pod_ip.is_redacted(), "{mask}");
        let service = snapshot.services.iter().next().unwrap();
        assert!(service.spec.cluster_ip.is_redacted(), "{mask}");
        assert!(!service.is_headless(), "{mask}");
    }
}

#[test]
fn lengths_in_place_of_secret_data_are_masks() {
    // Base64 of `1708 bytes long`.
    let secret = r#"{"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/tls","metadata":{"name":"t","namespace":"shop","uid":"1"},"data":{"tls.crt":"MTcwOCBieXRlcyBsb25n","tls.key":"MTcwOCBieXRlcyBsb25n"}}"#;
    let snapshot = one(&[file("d.json", &list(&[secret.to_owned()]))]);
    let secret = snapshot.secrets.iter().next().unwrap();
    assert!(secret.keys.is_empty() && secret.certificate.is_none());
    assert_eq!(secret.masked_keys, ["tls.crt", "tls.key"]);
}

#[test]
fn text_null_of_the_rancher_collector_is_nothing() {
    let service = r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop","uid":"1"},"spec":{"clusterIP":"10.0.0.1","externalName":"null","ports":[{"name":"null","port":80}]}}"#;
    let snapshot = one(&[tar(
        "r.tar",
        &[
            ("metadata.yaml", "bundlename: x\n"),
            ("yamls/namespaced/shop/v1/services.yaml", &list(&[service.to_owned()])),
        ],
    )]);
    let found = snapshot.services.iter().next().unwrap();
    assert_eq!((found.spec.ports[0].name.as_str(), found.spec.external_name.as_deref()), ("", None));
    // Elsewhere somebody may have called a port so.
    let snapshot = one(&[file("services.json", &list(&[service.to_owned()]))]);
    assert_eq!(snapshot.services.iter().next().unwrap().spec.ports[0].name, "null");
}

#[test]
fn kube_dump_strips_and_headless_services_stay_headless() {
    let object = |kind: &str, rest: &str| {
        format!("apiVersion: v1\nkind: {kind}\nmetadata:\n  name: web\n  namespace: shop\n{rest}")
    };
    let snapshot = one(&[tar(
        "k.tar",
        &[
            ("shop/web_services.yaml", &object("Service", "spec:\n  clusterIPs: [None]\n  selector: {app: web}\n")),
            ("shop/web_configmaps.yaml", &object("ConfigMap", "")),
            ("shop/web_serviceaccounts.yaml", &object("ServiceAccount", "")),
        ],
    )]);
    let service = snapshot.services.iter().next().unwrap();
    assert_eq!(service.get().provenance, Provenance::Stripped, "not a manifest: what is missing was lost");
    assert!(service.is_headless());
}

#[test]
fn objects_deleted_while_crust_gather_watched_are_gone() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\n  annotations: {crust-gather.io/deleted: '2026-01-02T03:00:00Z'}\n";
    let left = pod.replace("deleted", "updated").replace("web", "api");
    let snapshot = one(&[tar(
        "c.tar",
        &[
            ("collected.timestamp", "2026-01-02T03:04:05Z"),
            ("apis.json", "{}"),
            ("api.json", "{}"),
            ("namespaces/shop/v1/pod/web.yaml", pod),
            ("namespaces/shop/v1/pod/api.yaml", &left),
        ],
    )]);
    let names: Vec<_> = snapshot.pods.iter().map(|p| p.metadata.name.clone()).collect();
    assert_eq!(names, ["api"]);
}

#[test]
fn inputs_that_hold_nothing_say_so() {
    let binary = InputSpec::Bytes { name: "bin".to_owned(), bytes: Arc::from(&b"\x7fELF\0\0\0\0"[..]) };
    for (input, words) in [
        (file("dump.yaml", ""), "empty"),
        (file("dump.yaml", "\n# nothing\n"), "empty"),
        (file("values.yaml", "replicas: 3\n"), "Helm values, no manifests"),
        (binary, "binary"),
        (file("pods.json", r#"{"kind":"Table","apiVersion":"meta.k8s.io/v1","rows":[]}"#), "table"),
        (file("e.yaml", "Error from server (Forbidden): pods is forbidden\n"), "Forbidden"),
        (tar("logs.tar", &[("a.log", "x")]), "begins as no"),
        (tar("logs.tar", &[("a.log", "x"), ("b.log", "y")]), "none of its 2 files begins as"),
        (file("pods.txt", "NAME  READY  RESTARTS\nweb  1/1  0\n"), "run `kubectl get pods -A -o yaml`"),
        (file("web.txt", "Name:         web\nNamespace:    shop\nLabels:       app=web\n"), "kubectl describe"),
    ] {
        let error = try_read(std::slice::from_ref(&input)).unwrap_err().to_string();
        assert!(error.to_lowercase().contains(&words.to_lowercase()), "{error} should say '{words}'");
    }
}

#[test]
fn hostile_names_do_no_harm() {
    let list = list(&[crate::pod("shop", "web")]);
    let deep = format!("{}cluster-resources/pods/shop.json", "a/".repeat(60));
    let snapshot = one(&[tar(
        "x.tar",
        &[
            (&deep, &list),
            ("é-20260102-030405.yaml", &list),
            ("namespaces/.yaml", &list),
            ("resources//_v1_.json", &list),
            ("yamls/namespaced/x.yaml", "[]"),
            ("kubecapture/é", "é"),
            ("must-gather/namespaces//core/pods.yaml", &list),
        ],
    )]);
    assert_eq!(snapshot.pods.len(), 1);
}
