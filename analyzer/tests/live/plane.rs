//! The same reads against a real control plane: `KUBEREACH_TEST_KUBECONFIG` (a cluster that may be written to), or
//! `KUBEBUILDER_ASSETS` (a folder with etcd and kube-apiserver). Skipped, and said so, where neither is set.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kubereach::intake::IntakeOptions;
use kubereach::intake::progress::Silent;
use kubereach::live::{self, Ask, Form, Target};
use kubereach::{Options, analyze, analyze_intake};
use kubereach_reports::report::Report;
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::kit::{ask, coverage, shop};

/// A control plane, ended with the test.
struct Plane {
    kubeconfig: PathBuf,
    processes: Vec<Child>,
    _folder: Option<tempfile::TempDir>,
}

impl Drop for Plane {
    fn drop(&mut self) {
        for process in self.processes.iter_mut().rev() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn plane() -> Option<Plane> {
    if let Some(path) = std::env::var_os("KUBEREACH_TEST_KUBECONFIG") {
        return Some(Plane { kubeconfig: path.into(), processes: Vec::new(), _folder: None });
    }
    if let Some(assets) = std::env::var_os("KUBEBUILDER_ASSETS") {
        return Some(start(Path::new(&assets)));
    }
    eprintln!(
        "SKIPPED: no real control plane was read: set KUBEBUILDER_ASSETS (a folder with etcd and kube-apiserver) or \
         KUBEREACH_TEST_KUBECONFIG"
    );
    None
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn start(assets: &Path) -> Plane {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (etcd, peer, api) = (free_port(), free_port(), free_port());
    let spawn = |program: &str, args: &[String]| {
        let mut command = Command::new(assets.join(program));
        command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let first = spawn(
        "etcd",
        &[
            format!("--data-dir={}", at("etcd")),
            format!("--listen-client-urls=http://127.0.0.1:{etcd}"),
            format!("--advertise-client-urls=http://127.0.0.1:{etcd}"),
            format!("--listen-peer-urls=http://127.0.0.1:{peer}"),
        ],
    );
    std::fs::write(at("sa.key"), rcgen::KeyPair::generate().unwrap().serialize_pem()).unwrap();
    std::fs::write(at("tokens.csv"), "admin,admin,admin,system:masters\n").unwrap();
    let second = spawn(
        "kube-apiserver",
        &[
            format!("--etcd-servers=http://127.0.0.1:{etcd}"),
            format!("--secure-port={api}"),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--cert-dir={}", at("certs")),
            "--authorization-mode=RBAC".to_owned(),
            format!("--token-auth-file={}", at("tokens.csv")),
            "--service-account-issuer=https://127.0.0.1".to_owned(),
            format!("--service-account-key-file={}", at("sa.key")),
            format!("--service-account-signing-key-file={}", at("sa.key")),
            "--service-cluster-ip-range=10.96.0.0/16".to_owned(),
            "--disable-admission-plugins=ServiceAccount".to_owned(),
        ],
    );
    let kubeconfig = folder.path().join("kubeconfig");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: test\n\
         clusters: [{{name: c, cluster: {{server: \"https://127.0.0.1:{api}\", insecure-skip-tls-verify: true}}}}]\n\
         users: [{{name: u, user: {{token: admin}}}}]\n\
         contexts: [{{name: test, context: {{cluster: c, user: u, namespace: shop}}}}]\n"
    );
    std::fs::write(&kubeconfig, text).unwrap();
    Plane { kubeconfig, processes: vec![first, second], _folder: Some(folder) }
}

/// Writes what the tests need; the program itself has no such client.
async fn apply(kubeconfig: &Path) {
    let target = Target { kubeconfig: Some(kubeconfig.to_owned()), ..Target::default() };
    let client = target.connect().await.unwrap().client().unwrap();
    let send = async |method: &str, path: &str, body: &Value| {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .body(serde_json::to_vec(body).unwrap())
            .unwrap();
        client.request::<Value>(request).await
    };
    for _ in 0..120 {
        if client.request_text(http::Request::get("/readyz").body(Vec::new()).unwrap()).await.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let rbac = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rbac.yaml")).unwrap();
    let mut all = shop();
    all.extend(serde_yaml::Deserializer::from_str(&rbac).map(|d| Value::deserialize(d).unwrap()));
    for (kind, name, user, namespace) in
        [("ClusterRole", "kubereach", "viewer", ""), ("Role", "kubereach", "tenant", "shop")]
    {
        all.push(json!({"apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": if namespace.is_empty() { "ClusterRoleBinding" } else { "RoleBinding" },
            "metadata": {"name": format!("kubereach-{user}"), "namespace": namespace},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]}));
    }
    for mut object in all {
        let kind = object["kind"].as_str().unwrap().to_owned();
        let plural = format!("{}s", kind.to_ascii_lowercase());
        if kind == "Role" {
            object["metadata"]["namespace"] = "shop".into();
        }
        let meta = object["metadata"].as_object_mut().unwrap();
        for key in ["uid", "resourceVersion", "creationTimestamp", "managedFields"] {
            meta.remove(key);
        }
        if let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) {
            spec.remove("clusterIP");
        }
        let api_version = object["apiVersion"].as_str().unwrap();
        let root = if api_version == "v1" { "/api/v1".to_owned() } else { format!("/apis/{api_version}") };
        let path = match object["metadata"]["namespace"].as_str().filter(|ns| !ns.is_empty()) {
            Some(ns) => format!("{root}/namespaces/{ns}/{plural}"),
            None => format!("{root}/{plural}"),
        };
        let made = send("POST", &path, &object).await;
        if let (Ok(mut made), "Pod" | "Node", Some(status)) = (made, kind.as_str(), object.get("status")) {
            made["status"] = status.clone();
            let name = made["metadata"]["name"].as_str().unwrap().to_owned();
            send("PUT", &format!("{path}/{name}/status"), &made).await.unwrap();
        }
    }
}

fn as_user(plane: &Plane, user: &str) -> Target {
    Target {
        kubeconfig: Some(plane.kubeconfig.clone()),
        as_user: (user != "admin").then(|| user.to_owned()),
        ..Target::default()
    }
}

fn judged(plane: &Plane, user: &str, ask: &Ask) -> Report {
    let intake = live::read(&as_user(plane, user), ask, &IntakeOptions::default(), Box::new(Silent)).unwrap();
    analyze_intake(&intake, &Options::default())
}

#[test]
fn a_real_control_plane_is_read_by_admin_viewer_tenant_and_nobody() {
    let Some(plane) = plane() else { return };
    tokio::runtime::Runtime::new().unwrap().block_on(apply(&plane.kubeconfig));
    let ask = Ask { namespaces: vec!["shop".to_owned()], ..ask() };

    let admin = judged(&plane, "admin", &ask);
    let verdict = |report: &Report, name: &str| {
        report.subjects.iter().find(|s| s.name == name).map(|s| s.verdict.word()).unwrap_or_default().to_owned()
    };
    assert_eq!(verdict(&admin, "shop-web"), "config-ok", "{:#?}", admin.subjects);
    assert_eq!(verdict(&admin, "vault-web"), "config-ok");
    for kind in ["Service", "Pod", "EndpointSlice", "Secret", "ConfigMap", "Node", "Event"] {
        assert_eq!(coverage(&admin, kind, None).0, "complete", "{kind}");
    }

    let viewer = judged(&plane, "viewer", &ask);
    assert_eq!(verdict(&viewer, "shop-web"), "config-ok");
    assert_eq!(coverage(&viewer, "Secret", None).0, "forbidden");

    let tenant = judged(&plane, "tenant", &ask);
    assert_eq!(coverage(&tenant, "Pod", Some("shop")).0, "complete");
    assert_eq!(coverage(&tenant, "Node", None).0, "forbidden");
    assert!(!serde_json::to_string(&tenant).unwrap().contains("vault"));

    let nobody = live::read(&as_user(&plane, "nobody"), &ask, &IntakeOptions::default(), Box::new(Silent));
    assert!(nobody.unwrap_err().to_string().contains("cannot list"));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.tar.zst");
    live::snapshot(&as_user(&plane, "admin"), &ask, &path, Form::TarZst, None, Box::new(Silent)).unwrap();
    let taken = analyze(&[kubereach::intake::InputSpec::Path(path)], &Options::default(), &Silent).unwrap();
    assert_eq!(verdict(&taken, "shop-web"), "config-ok");
}
