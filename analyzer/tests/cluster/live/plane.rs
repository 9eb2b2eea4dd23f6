//! The same reads against a real control plane: `KUBEREACH_TEST_KUBECONFIG` (a cluster that may be written to, best
//! without controllers), or `KUBEBUILDER_ASSETS` (a folder with etcd and kube-apiserver). Skipped, and said so, where
//! neither is set.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kubereach_engine::AnalysisOptions;
use kubereach_engine::analyze;
use kubereach_engine::analyze_intake;
use kubereach_intake::IntakeOptions;
use kubereach_intake::progress::Silent;
use kubereach_live::cluster::{self, Ask, Form, Target};
use kubereach_reports::report::Report;
use serde::Deserialize as _;
use serde_json::{Value, json};

use super::kit::{ask, coverage, objects_in, shop};
use crate::api::{Kind, every_kind};
use kubereach_testkit::situations::{fixtures, inputs, options};

/// A control plane, ended with the test.
struct Plane {
    kubeconfig: PathBuf,
    processes: Vec<Child>,
    folder: Option<tempfile::TempDir>,
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
        return Some(Plane { kubeconfig: path.into(), processes: Vec::new(), folder: None });
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
        let log = || Stdio::from(std::fs::File::create(folder.path().join(format!("{program}.log"))).unwrap());
        Command::new(assets.join(program)).args(args).stdout(Stdio::null()).stderr(log()).spawn().unwrap()
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
    let key = rcgen::KeyPair::generate().unwrap();
    std::fs::write(at("sa.key"), key.serialize_pem()).unwrap();
    std::fs::write(at("sa.pub"), key.public_key_pem()).unwrap();
    std::fs::write(at("tokens.csv"), "admin,admin,admin,system:masters\n").unwrap();
    let second = spawn(
        "kube-apiserver",
        &[
            format!("--etcd-servers=http://127.0.0.1:{etcd}"),
            format!("--secure-port={api}"),
            "--bind-address=127.0.0.1".to_owned(),
            "--advertise-address=127.0.0.1".to_owned(),
            "--endpoint-reconciler-type=none".to_owned(),
            format!("--cert-dir={}", at("certs")),
            "--authorization-mode=RBAC".to_owned(),
            format!("--token-auth-file={}", at("tokens.csv")),
            "--service-account-issuer=https://127.0.0.1".to_owned(),
            format!("--service-account-key-file={}", at("sa.pub")),
            format!("--service-account-signing-key-file={}", at("sa.key")),
            "--service-cluster-ip-range=10.96.0.0/16".to_owned(),
            // Nothing makes service accounts here, and what a fixture says of tolerations stays as it is.
            "--disable-admission-plugins=ServiceAccount,DefaultTolerationSeconds,TaintNodesByCondition".to_owned(),
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
    Plane { kubeconfig, processes: vec![first, second], folder: Some(folder) }
}

/// Writes what the tests need; the program itself has no such client.
struct Writer {
    client: kube::Client,
    kinds: Vec<Kind>,
}

impl Writer {
    async fn new(plane: &Plane) -> Self {
        let target = Target { kubeconfig: Some(plane.kubeconfig.clone()), ..Target::default() };
        let client = target.connect().unwrap().client().unwrap();
        for _ in 0..240 {
            if client.request_text(http::Request::get("/readyz").body(Vec::new()).unwrap()).await.is_ok() {
                return Self { client, kinds: every_kind(&[]) };
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let log = plane.folder.as_ref().map(|f| std::fs::read_to_string(f.path().join("kube-apiserver.log")));
        panic!("the API server did not get ready: {log:?}");
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value, kube::Error> {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .body(serde_json::to_vec(body).unwrap())
            .unwrap();
        self.client.request::<Value>(request).await
    }

    /// The collection an object belongs to.
    fn place(&self, object: &Value) -> String {
        let kind = object["kind"].as_str().unwrap();
        let plural = match self.kinds.iter().find(|k| k.kind == kind) {
            Some(known) => known.plural.clone(),
            None => format!("{}s", kind.to_ascii_lowercase()),
        };
        let api_version = object["apiVersion"].as_str().unwrap();
        let root = if api_version == "v1" { "/api/v1".to_owned() } else { format!("/apis/{api_version}") };
        match object["metadata"]["namespace"].as_str().filter(|ns| !ns.is_empty()) {
            Some(ns) => format!("{root}/namespaces/{ns}/{plural}"),
            None => format!("{root}/{plural}"),
        }
    }

    /// Creates an object with its status. What is there already is left as it is.
    async fn create(&self, object: &Value) -> Result<(), String> {
        let path = self.place(object);
        let mut made = match self.send("POST", &path, &fresh(object)).await {
            Ok(made) => made,
            Err(kube::Error::Api(status)) if status.code == 409 => return Ok(()),
            Err(error) => return Err(format!("{path}: {error}")),
        };
        let status = object.get("status").filter(|status| status.as_object().is_some_and(|s| !s.is_empty()));
        let Some(status) = status.filter(|_| object["kind"] != "Namespace") else { return Ok(()) };
        made["status"] = status.clone();
        let name = made["metadata"]["name"].as_str().unwrap().to_owned();
        let path = format!("{path}/{name}/status");
        self.send("PUT", &path, &made).await.map(drop).map_err(|error| format!("{path}: {error}"))
    }

    async fn delete(&self, object: &Value) {
        let path = format!("{}/{}", self.place(object), object["metadata"]["name"].as_str().unwrap());
        let now = json!({"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0,
            "propagationPolicy": "Background"});
        // What was never made need not go.
        let _ = self.send("DELETE", &path, &now).await;
    }
}

/// As somebody creates it: without what the API server sets.
fn fresh(object: &Value) -> Value {
    let mut object = object.clone();
    let meta = object["metadata"].as_object_mut().unwrap();
    for key in ["uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "selfLink"] {
        meta.remove(key);
    }
    if object["kind"] == "Service"
        && let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut)
        && spec.get("clusterIP").is_none_or(|ip| ip != "None")
    {
        for key in ["clusterIP", "clusterIPs"] {
            spec.remove(key);
        }
    }
    object
}

/// The roles of docs/rbac.yaml, bound: `viewer` for the cluster, `tenant` for one namespace. `nobody` has nothing.
fn grants(namespace: &str) -> Vec<Value> {
    let rbac = std::fs::read_to_string(kubereach_testkit::repository().join("docs/rbac.yaml")).unwrap();
    let mut all: Vec<Value> =
        serde_yaml::Deserializer::from_str(&rbac).map(|d| Value::deserialize(d).unwrap()).collect();
    for role in all.iter_mut().filter(|role| role["kind"] == "Role") {
        role["metadata"]["namespace"] = namespace.into();
    }
    for (kind, user, namespace) in [("ClusterRole", "viewer", ""), ("Role", "tenant", namespace)] {
        let mut binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": format!("{kind}Binding"),
            "metadata": {"name": format!("kubereach-{user}")},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": "kubereach"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}]});
        if !namespace.is_empty() {
            binding["metadata"]["namespace"] = namespace.into();
        }
        all.push(binding);
    }
    all
}

fn as_user(plane: &Plane, user: &str) -> Target {
    Target {
        kubeconfig: Some(plane.kubeconfig.clone()),
        as_user: (user != "admin").then(|| user.to_owned()),
        ..Target::default()
    }
}

fn judged(plane: &Plane, user: &str, ask: &Ask) -> Report {
    let intake = cluster::read(&as_user(plane, user), ask, &IntakeOptions::default(), Box::new(Silent)).unwrap();
    analyze_intake(&intake, &AnalysisOptions::default())
}

fn verdict(report: &Report, kind: &str, namespace: &str, name: &str) -> &'static str {
    let is = |s: &&kubereach_reports::report::Subject| s.kind == kind && s.namespace == namespace && s.name == name;
    report.subjects.iter().find(is).map_or("", |s| s.verdict.word())
}

#[test]
fn a_real_control_plane_is_read_by_admin_viewer_tenant_and_nobody() {
    let Some(plane) = plane() else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let writer = runtime.block_on(Writer::new(&plane));
    let all: Vec<Value> = shop().into_iter().chain(grants("shop")).collect();
    for object in &all {
        runtime.block_on(writer.create(object)).unwrap();
    }
    four_identities(&plane);
    let failures = every_fixture(&plane, &runtime, &writer);
    for object in all.iter().rev() {
        runtime.block_on(writer.delete(object));
    }
    assert!(failures.is_empty(), "{failures}");
}

fn four_identities(plane: &Plane) {
    let ask = Ask { namespaces: vec!["shop".to_owned()], ..ask() };
    let admin = judged(plane, "admin", &ask);
    assert_eq!(verdict(&admin, "Service", "shop", "shop-web"), "config-ok", "{:#?}", admin.subjects);
    assert_eq!(verdict(&admin, "Service", "vault", "vault-web"), "config-ok");
    for kind in ["Service", "Pod", "EndpointSlice", "Secret", "ConfigMap", "Node", "Event"] {
        assert_eq!(coverage(&admin, kind, None).0, "complete", "{kind}");
    }

    let viewer = judged(plane, "viewer", &ask);
    assert_eq!(verdict(&viewer, "Service", "shop", "shop-web"), "config-ok");
    let (state, reason) = coverage(&viewer, "Secret", None);
    assert!(state == "forbidden" && reason.contains("User \"viewer\" cannot list"), "{state}: {reason}");

    let tenant = judged(plane, "tenant", &ask);
    assert_eq!(coverage(&tenant, "Pod", Some("shop")).0, "complete");
    assert_eq!(coverage(&tenant, "Node", None).0, "forbidden");
    assert!(!serde_json::to_string(&tenant).unwrap().contains("vault"));

    let nobody = cluster::read(&as_user(plane, "nobody"), &ask, &IntakeOptions::default(), Box::new(Silent));
    let error = nobody.unwrap_err().to_string();
    assert!(error.contains("User \"nobody\" cannot list") && !error.contains("vault"), "{error}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.tar.zst");
    cluster::snapshot(&as_user(plane, "admin"), &ask, &path, Form::TarZst, None, Box::new(Silent)).unwrap();
    let taken = analyze(&[kubereach_intake::InputSpec::Path(path)], &AnalysisOptions::default(), &Silent).unwrap();
    assert_eq!(verdict(&taken, "Service", "shop", "shop-web"), "config-ok");
}

/// Fixtures that an API server takes as they are: objects of Kubernetes' own kinds, as live ones.
fn applicable(objects: &[Value], kinds: &[Kind]) -> bool {
    let unique: BTreeSet<String> = objects
        .iter()
        .map(|o| format!("{}{}{}", o["kind"], o["metadata"]["namespace"], o["metadata"]["name"]))
        .collect();
    let own = |o: &Value| {
        let api_version = o["apiVersion"].as_str().unwrap_or_default();
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        kinds.iter().any(|k| o["kind"] == k.kind.as_str() && k.group == group && k.version == version)
    };
    unique.len() == objects.len()
        && !objects.is_empty()
        && objects.iter().all(|o| own(o) && o["metadata"]["uid"].is_string())
        // One that is on its way out cannot be made.
        && objects.iter().all(|o| o["metadata"]["deletionTimestamp"].is_null() && o["kind"] != "Event")
}

/// Applies fixtures one by one, reads them back, and compares: as admin with the verdicts of the files; as the
/// others with what admin sees, of which they may know less and nothing else.
fn every_fixture(plane: &Plane, runtime: &tokio::runtime::Runtime, writer: &Writer) -> String {
    let mut wrong = String::new();
    let (mut compared, mut refused) = (0, 0);
    let mut folders: Vec<PathBuf> = walkdir::WalkDir::new(fixtures())
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name() == "expect.yaml")
        .filter_map(|entry| entry.path().parent().map(Path::to_path_buf))
        .collect();
    folders.sort();
    for folder in folders {
        let Some(objects) = objects_in(&folder.join("input")).filter(|o| applicable(o, &writer.kinds)) else {
            continue;
        };
        let Ok(files) = analyze(
            &inputs(&folder),
            &AnalysisOptions { intake: options(&["--assume-complete".to_owned()]), ..AnalysisOptions::default() },
            &Silent,
        ) else {
            continue;
        };
        let namespaces: BTreeSet<&str> = objects.iter().filter_map(|o| o["metadata"]["namespace"].as_str()).collect();
        let missing = namespaces
            .iter()
            .filter(|ns| !objects.iter().any(|o| o["kind"] == "Namespace" && o["metadata"]["name"] == **ns));
        let mut all: Vec<Value> =
            missing.map(|ns| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ns}})).collect();
        all.extend(objects.iter().filter(|o| o["kind"] == "Namespace").cloned());
        all.extend(objects.iter().filter(|o| o["kind"] != "Namespace").cloned());
        let one = namespaces.iter().next().copied().unwrap_or("default").to_owned();
        all.extend(grants(&one).into_iter().filter(|o| o["kind"] == "Role" || o["kind"] == "RoleBinding"));
        let made = all.iter().try_for_each(|object| runtime.block_on(writer.create(object)));
        if let Err(why) = made {
            // What a dump holds is not always what an API server takes.
            eprintln!("{}: not applied: {why}", folder.display());
            refused += 1;
        } else {
            compared += 1;
            compare(plane, &folder, &files, &one, &mut wrong);
        }
        // Namespaces stay: without controllers they never go.
        for object in all.iter().rev().filter(|o| o["kind"] != "Namespace") {
            runtime.block_on(writer.delete(object));
        }
    }
    println!("{compared} fixtures were applied and read back, {refused} were refused by the API server");
    if compared < 10 {
        let _ = writeln!(wrong, "only {compared} fixtures could be applied");
    }
    wrong
}

fn compare(plane: &Plane, folder: &Path, files: &Report, namespace: &str, wrong: &mut String) {
    let place = folder.strip_prefix(fixtures()).unwrap().display();
    let ask = Ask { namespaces: vec![namespace.to_owned()], ..ask() };
    let admin = judged(plane, "admin", &ask);
    for subject in &files.subjects {
        let got = verdict(&admin, &subject.kind, &subject.namespace, &subject.name);
        if got != subject.verdict.word() {
            let _ =
                writeln!(wrong, "{place}: {}/{}: files {}, live {got}", subject.kind, subject.name, subject.verdict);
        }
    }
    for user in ["viewer", "tenant"] {
        let seen = judged(plane, user, &ask);
        for subject in &seen.subjects {
            let whole = verdict(&admin, &subject.kind, &subject.namespace, &subject.name);
            let got = subject.verdict.word();
            let third_party = user == "tenant" && subject.namespace != namespace;
            if third_party || (got != whole && got != "unknown") {
                let name = format!("{}/{}/{}", subject.kind, subject.namespace, subject.name);
                let _ = writeln!(wrong, "{place}: {name}: {user} sees {got}, admin {whole}");
            }
        }
    }
    let nobody = cluster::read(&as_user(plane, "nobody"), &ask, &IntakeOptions::default(), Box::new(Silent));
    if nobody.is_ok() {
        let _ = writeln!(wrong, "{place}: nobody could read something");
    }
}

#[test]
fn what_is_applied_is_what_somebody_would_create() {
    let kinds = every_kind(&[]);
    let objects = shop();
    assert!(applicable(&objects, &kinds));
    for object in &objects {
        let fresh = fresh(object);
        assert!(fresh["metadata"]["uid"].is_null() && fresh["spec"]["clusterIP"].is_null());
    }
    let mut dying = objects.clone();
    dying[0]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    assert!(!applicable(&dying, &kinds));
    let bound: Vec<String> = grants("shop")
        .iter()
        .filter(|o| o["kind"].as_str().unwrap().ends_with("Binding"))
        .map(|o| format!("{}/{}", o["kind"].as_str().unwrap(), o["subjects"][0]["name"].as_str().unwrap()))
        .collect();
    assert_eq!(bound, ["ClusterRoleBinding/viewer", "RoleBinding/tenant"]);
    let fit = walkdir::WalkDir::new(fixtures())
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name() == "expect.yaml")
        .filter_map(|entry| objects_in(&entry.path().parent().unwrap().join("input")))
        .filter(|objects| applicable(objects, &kinds))
        .count();
    assert!(fit > 30, "only {fit} fixtures could be applied to a real control plane");
}
