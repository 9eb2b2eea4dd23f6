//! What the tests of this folder share.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use kubereach_prober::class::Class;
use kubereach_prober::layer::Layer;
use kubereach_prober::observations::Vantage;
use kubereach_prober::words::{LayerName, Outcome, Purpose, VantageKind};
use kubereach_prober::{Plan, envelope, probe};
use serde_json::{Value, json};

use crate::api::{Api, Cluster, Rule};
use crate::program;
use kubereach_testkit::stored;

pub(crate) use kubereach_testkit::stored::object;

/// A Service whose address and pod are this machine's, on a port of it, and the Deployment of a client.
pub(crate) fn shop(port: u16) -> Vec<Value> {
    vec![
        object("v1", "Namespace", "", "shop", json!({"status": {"phase": "Active"}})),
        object(
            "v1",
            "Service",
            "shop",
            "web",
            json!({
            "spec": {"type": "ClusterIP", "clusterIP": "127.0.0.1", "clusterIPs": ["127.0.0.1"], "selector": {"app": "web"},
                "ports": [{"name": "http", "port": port, "targetPort": port, "protocol": "TCP"}]}}),
        ),
        stored::pod("shop", "web", "127.0.0.1", port),
        stored::slice("shop", "web", "127.0.0.1", port),
        stored::node(),
        object(
            "apps/v1",
            "Deployment",
            "shop",
            "front",
            json!({"spec": {"replicas": 1,
            "selector": {"matchLabels": {"app": "front"}},
            "template": {"metadata": {"labels": {"app": "front", "tier": "edge"}}, "spec": {
                "nodeSelector": {"pool": "edge"}, "serviceAccountName": "front",
                "tolerations": [{"key": "edge", "operator": "Exists", "effect": "NoSchedule"}],
                "containers": [{"name": "front", "image": "front:1"}]}}}}),
        ),
    ]
}

/// The program, with a kubeconfig of the server; nothing is asked.
pub(crate) fn program(api: &Api, token: &str) -> Command {
    let mut command = program::program();
    command.arg("run").arg("--kubeconfig").arg(api.kubeconfig_in(token, "shop"));
    command.current_dir(api.folder()).stdin(Stdio::null());
    command
}

/// Runs to the end: exit code, standard output, standard error.
pub(crate) fn run(api: &Api, token: &str, arguments: &[&str]) -> (i32, String, String) {
    said(program(api, token).args(arguments).output().unwrap())
}

pub(crate) fn said(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// A report as JSON.
pub(crate) fn report(stdout: &str, stderr: &str) -> Value {
    serde_json::from_str(stdout).unwrap_or_else(|error| panic!("{error}\n{stdout}\n{stderr}"))
}

/// A subject of a report.
pub(crate) fn subject<'r>(report: &'r Value, name: &str) -> &'r Value {
    report["subjects"].as_array().unwrap().iter().find(|s| s["name"] == name).unwrap()
}

/// Nothing of ours is on the server.
pub(crate) fn assert_clean(api: &Api, more: &str) {
    let made = api.cluster.workshop.made.lock().unwrap();
    assert_eq!(made.everything(), 0, "left behind: {:#?}\n{more}", made.objects);
}

/// How many objects of a kind were ever created.
pub(crate) fn ever(api: &Api, plural: &str) -> usize {
    api.cluster.workshop.made.lock().unwrap().ever.get(plural).copied().unwrap_or_default()
}

/// The prober's program beside this one, built if need be.
pub(crate) fn prober() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let beside = PathBuf::from(program::PROGRAM).with_file_name("kubereach-prober");
        // An old one would be measured with instead of the one that is tested: cargo knows.
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--workspace", "--locked", "--bin", "kubereach-prober"]);
        let done = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap();
        assert!(done.success() && beside.exists(), "the prober could not be built");
        beside
    });
    built.clone()
}

/// A result of the prober for a plan, in which every target answered.
pub(crate) fn good(plan: &Value) -> String {
    let plan = Plan::parse(plan.to_string().as_bytes()).unwrap();
    envelope::wrap(&answered(&plan)).unwrap()
}

pub(crate) fn answered(plan: &Plan) -> kubereach_prober::Observations {
    let mut vantage = Vantage::new(VantageKind::InCluster);
    vantage.namespace = Some("shop".to_owned());
    vantage.pod = Some("kubereach-probe-x".to_owned());
    let mut observations = probe::not_run(plan, vantage, Class::NorunDeadline, "");
    for row in &mut observations.results {
        let mut http = Layer::new(LayerName::Http, Class::HttpOk, 2);
        http.status = Some(200);
        row.layers = vec![Layer::new(LayerName::Tcp, Class::TcpOk, 1), http];
        row.outcome = if row.purpose == Purpose::Path { Outcome::Verified } else { Outcome::Reached };
        Class::HttpOk.word().clone_into(&mut row.class);
        "answered".clone_into(&mut row.reason);
        (row.tried, row.answered) = (1, 1);
    }
    observations
}

/// A server of [`shop`].
pub(crate) fn cluster(port: u16) -> Cluster {
    Cluster::new(shop(port)).identity("reader", vec![Rule::on("*", "*", &["list", "get"])])
}
