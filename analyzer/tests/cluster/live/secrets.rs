//! Secrets are not read.

use kubereach_live::cluster::Ask;
use serde_json::json;

use super::kit::{ask, object, report, shop};
use crate::api::Cluster;

fn certificate() -> String {
    let made = rcgen::generate_simple_self_signed(vec!["shop.example".to_owned()]).unwrap();
    made.cert.pem()
}

fn with_secrets() -> Vec<serde_json::Value> {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let mut all = shop();
    let mut applied =
        object("v1", "Secret", "shop", "password", json!({"type": "Opaque", "data": {"p": encode("hunter2")}}));
    applied["metadata"]["annotations"] = json!({"kubectl.kubernetes.io/last-applied-configuration": format!("{{\"data\":{{\"p\":\"{}\"}}}}", encode("hunter2"))});
    all.push(applied);
    for (ns, name) in [("shop", "web-tls"), ("shop", "other-tls"), ("vault", "web-tls")] {
        all.push(object(
            "v1",
            "Secret",
            ns,
            name,
            json!({"type": "kubernetes.io/tls",
            "data": {"tls.crt": encode(&certificate()), "tls.key": encode("hunter2")}}),
        ));
    }
    all.push(object(
        "networking.k8s.io/v1",
        "IngressClass",
        "",
        "nginx",
        json!({"spec": {"controller": "k8s.io/ingress-nginx"}}),
    ));
    all.push(object(
        "networking.k8s.io/v1",
        "Ingress",
        "shop",
        "web",
        json!({
        "spec": {"ingressClassName": "nginx", "tls": [{"hosts": ["shop.example"], "secretName": "web-tls"}],
            "rules": [{"host": "shop.example", "http": {"paths": [{"path": "/", "pathType": "Prefix",
                "backend": {"service": {"name": "shop-web", "port": {"number": 80}}}}]}}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}),
    ));
    all
}

#[test]
fn only_the_metadata_of_secrets_is_asked_for() {
    let api = Cluster::new(with_secrets()).start();
    let report = report(&api, "admin", &Ask { read_tls: false, ..ask() });
    for request in api.log().iter().filter(|r| r.path.contains("secrets")) {
        assert!(request.header("accept").contains("PartialObjectMetadata"), "{}", request.path);
        assert_eq!(request.path, "/api/v1/secrets");
    }
    // A finding, or what is assumed instead of one.
    let assumed = report.assumptions.iter().map(|a| a.code.as_str());
    let codes: Vec<&str> = report.findings.iter().map(|f| f.code.as_str()).chain(assumed).collect();
    assert!(codes.contains(&"tls/certificate-masked"), "{codes:?}");
    assert!(!codes.contains(&"tls/secret-missing"), "{codes:?}");
}

#[test]
fn with_read_tls_only_the_named_certificates_are_read() {
    let api = Cluster::new(with_secrets()).start();
    let report = report(&api, "admin", &ask());
    let whole: Vec<String> =
        api.log().iter().filter(|r| r.path.contains("/secrets/")).map(|r| r.path.clone()).collect();
    assert_eq!(whole, ["/api/v1/namespaces/shop/secrets/web-tls"]);
    let codes: Vec<&str> = report.findings.iter().map(|f| f.code.as_str()).collect();
    assert!(!codes.contains(&"tls/certificate-masked"), "{codes:?}");
    assert!(codes.contains(&"tls/certificate-self-signed"), "{codes:?}");
    assert!(!serde_json::to_string(&report).unwrap().contains("hunter2"));
}

#[test]
fn config_maps_are_read_by_name_and_only_where_they_matter() {
    let mut all = shop();
    all.push(object("v1", "ConfigMap", "kube-system", "coredns", json!({"data": {"Corefile": ".:53 {}"}})));
    all.push(object("v1", "ConfigMap", "shop", "private", json!({"data": {"a": "hunter2"}})));
    let api = Cluster::new(all).start();
    report(&api, "admin", &ask());
    let whole: Vec<String> =
        api.log().iter().filter(|r| r.path.contains("/configmaps/")).map(|r| r.path.clone()).collect();
    assert_eq!(whole, ["/api/v1/namespaces/kube-system/configmaps/coredns"]);
}

#[test]
fn a_pair_in_an_opaque_secret_is_read_where_a_path_names_it() {
    let mut all = with_secrets();
    for secret in all.iter_mut().filter(|o| o["kind"] == "Secret" && o["type"] == "kubernetes.io/tls") {
        secret["type"] = "Opaque".into();
    }
    let api = Cluster::new(all).start();
    let report = report(&api, "admin", &ask());
    let whole: Vec<String> =
        api.log().iter().filter(|r| r.path.contains("/secrets/")).map(|r| r.path.clone()).collect();
    assert_eq!(whole, ["/api/v1/namespaces/shop/secrets/web-tls"]);
    let codes: Vec<&str> = report.findings.iter().map(|f| f.code.as_str()).collect();
    assert!(codes.contains(&"tls/certificate-self-signed") && !codes.contains(&"tls/certificate-masked"), "{codes:?}");
    assert!(!serde_json::to_string(&report).unwrap().contains("hunter2"));
}
