//! What the tests of this folder share.

use std::path::Path;
use std::time::Duration;

use kubereach_engine::AnalysisOptions;
use kubereach_engine::analyze_intake;
use kubereach_intake::progress::Silent;
use kubereach_intake::{Intake, IntakeOptions};
use kubereach_live::cluster::{self, Ask, ReadError, Target};
use kubereach_reports::report::Report;
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::api::Api;
use kubereach_testkit::stored;

pub(crate) use kubereach_testkit::stored::object;

/// As an identity of a server.
pub(crate) fn target(api: &Api, token: &str) -> Target {
    Target { kubeconfig: Some(api.kubeconfig(token)), ..Target::default() }
}

/// A read that ends soon.
pub(crate) fn ask() -> Ask {
    Ask { timeout: Duration::from_secs(20), read_tls: true, ..Ask::default() }
}

/// Reads live.
pub(crate) fn read(api: &Api, token: &str, ask: &Ask) -> Result<Intake, ReadError> {
    cluster::read(&target(api, token), ask, &IntakeOptions::default(), Box::new(Silent))
}

/// Reads live and judges.
pub(crate) fn report(api: &Api, token: &str, ask: &Ask) -> Report {
    analyze_intake(&read(api, token, ask).unwrap(), &AnalysisOptions::default())
}

/// The coverage of a kind: state and reason.
pub(crate) fn coverage(report: &Report, kind: &str, namespace: Option<&str>) -> (String, String) {
    let row = report.snapshot.coverage.iter().find(|c| c.kind == kind && c.namespace.as_deref() == namespace);
    row.map_or((String::new(), String::new()), |c| (c.state.word().to_owned(), c.reason.clone()))
}

/// The objects in the YAML and JSON files below a folder; none where a file is of another sort.
pub(crate) fn objects_in(folder: &Path) -> Option<Vec<Value>> {
    let mut files: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().to_path_buf())
        .collect();
    files.sort();
    let mut objects = Vec::new();
    for file in files {
        let ending = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if !matches!(ending, "yaml" | "yml" | "json") {
            return None;
        }
        let text = std::fs::read_to_string(&file).ok()?;
        for document in serde_yaml::Deserializer::from_str(&text) {
            let value = Value::deserialize(document).ok()?;
            if value.is_null() {
                continue;
            }
            match value.get("items").and_then(Value::as_array) {
                Some(items) => {
                    let api_version = value["apiVersion"].clone();
                    let of_list = value["kind"].as_str().and_then(|kind| kind.strip_suffix("List")).unwrap_or_default();
                    for item in items {
                        let mut item = item.clone();
                        if item.get("kind").is_none() {
                            item["kind"] = of_list.into();
                            item["apiVersion"] = api_version.clone();
                        }
                        objects.push(item);
                    }
                }
                None => objects.push(value),
            }
        }
    }
    Some(objects)
}

/// Two namespaces with a Service, a ready pod and its slice each, and an Ingress with a certificate.
pub(crate) fn shop() -> Vec<Value> {
    let mut all = Vec::new();
    for (n, ns) in ["shop", "vault"].into_iter().enumerate() {
        let ip = format!("10.0.{n}.7");
        all.push(object("v1", "Namespace", "", ns, json!({"status": {"phase": "Active"}})));
        all.push(object("v1", "Service", ns, &format!("{ns}-web"), json!({
            "spec": {"type": "ClusterIP", "clusterIP": format!("10.96.0.{n}"), "selector": {"app": "web"},
                "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]}, "status": {"loadBalancer": {}}})));
        let service = format!("{ns}-web");
        let mut pod = stored::pod(ns, &service, &ip, 8080);
        pod["spec"]["containers"][0]["env"] = json!([{"name": "PASSWORD", "value": "hunter2"}]);
        pod["metadata"]["managedFields"] = json!([{"manager": "kubelet"}]);
        all.push(pod);
        all.push(stored::slice(ns, &service, &ip, 8080));
    }
    all.push(stored::node());
    all
}
