//! The program from outside: where the plan comes from, what is printed, how it ends.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::common;
use kubereach_prober::Observations;
use kubereach_prober::envelope::extract;
use kubereach_prober::plan::{Plan, Target};
use kubereach_prober::words::*;
use serde_json::Value;

/// Somebody who accepts and says nothing, for as long as the value lives.
fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn plan(listener: &TcpListener, protocol: Protocol) -> Plan {
    let peer = listener.local_addr().unwrap();
    let mut target = Target::new("path-1", common::FRONT_DOOR, protocol);
    target.address = Some(peer.ip());
    target.port = Some(peer.port());
    let mut plan = Plan::new("sha256:0");
    plan.run = Some("run-7".to_owned());
    plan.targets = vec![target];
    plan
}

fn json(plan: &Plan) -> String {
    serde_json::to_string(plan).unwrap()
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubereach-prober"));
    command.env_remove("KUBEREACH_PLAN").env_remove("KUBERNETES_SERVICE_HOST");
    command.args(["--allow-address", "127.0.0.1", "--vantage", "in-cluster"]);
    command
}

fn fed(mut command: Command, input: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that refuses its command line reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn only_result(output: &Output) -> Observations {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let mut found = extract(&text);
    assert_eq!(found.len(), 1, "{text}");
    found.remove(0).unwrap().observations
}

#[test]
fn the_plan_comes_from_a_file_standard_input_or_the_environment() {
    let server = listener();
    let plan = plan(&server, Protocol::Tcp);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(json(&plan).as_bytes()).unwrap();

    let mut by_file = program();
    by_file.arg(file.path());
    let mut dash = program();
    dash.arg("-");
    let mut by_environment = program();
    by_environment.env("KUBEREACH_PLAN", json(&plan));
    for (command, input) in
        [(by_file, ""), (dash, json(&plan).as_str()), (program(), &json(&plan)), (by_environment, "")]
    {
        let output = fed(command, input);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let observations = only_result(&output);
        assert_eq!(observations.plan, plan.digest().unwrap());
        assert_eq!(observations.run.as_deref(), Some("run-7"));
        assert_eq!(observations.results[0].outcome, Outcome::Reached);
        assert_eq!(observations.vantage.kind, VantageKind::InCluster);
    }
}

#[test]
fn it_exits_with_0_whatever_it_found_and_tells_what_it_says_to_kubernetes() {
    let closed = listener();
    let mut plan = plan(&closed, Protocol::Tcp);
    drop(closed);
    plan.limits.retry_ms = 1;
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = program();
    command.arg("--termination-log").arg(log.path());
    let output = fed(command, &json(&plan));
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(only_result(&output).results[0].outcome, Outcome::Unreachable);
    let message = std::fs::read_to_string(log.path()).unwrap();
    assert!(message.len() <= 4096);
    let message: Value = serde_json::from_str(&message).unwrap();
    assert_eq!(message["results"]["unreachable"], 1);
    assert_eq!(message["observations"], only_result(&output).digest().unwrap());
}

#[test]
fn a_bad_plan_or_command_line_exits_with_2_and_says_why() {
    let future = r#"{"schema": "kubereach/plan/v9", "targets": []}"#;
    let mut missing = program();
    missing.arg("/does/not/exist.json");
    let mut nonsense = program();
    nonsense.args(["--allow-address", "everywhere"]);
    for (command, input, says) in [
        (program(), "not json", "does not read"),
        (program(), "", "does not read"),
        (program(), future, "kubereach/plan/v9"),
        (missing, "", "/does/not/exist.json"),
        (nonsense, "", "everywhere"),
    ] {
        let output = fed(command, input);
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(says), "{error}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn guarded_addresses_need_the_operators_word() {
    let server = listener();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubereach-prober"));
    command.args(["--bare", "-"]);
    let output = fed(command, &json(&plan(&server, Protocol::Tcp)));
    let observations = Observations::parse(&output.stdout).unwrap().observations;
    assert_eq!(observations.results[0].class, "norun.guard");
}

#[test]
fn a_person_gets_a_table_without_control_characters() {
    let closed = listener();
    let mut plan = plan(&closed, Protocol::Tcp);
    drop(closed);
    plan.limits.retry_ms = 1;
    plan.targets[0].id = "evil\u{1b}[2Jname".to_owned();
    let mut command = program();
    command.args(["--format", "text"]);
    let text = String::from_utf8(fed(command, &json(&plan)).stdout).unwrap();
    assert!(text.contains("unreachable") && text.contains("refused") && text.contains("$ nc -vz"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
    assert!(text.trim_end().ends_with("1 unreachable"), "{text}");
}

/// Two targets at one listener: an HTTP request that is never answered, and a connection that is closed
/// as soon as it is made. Returns once the first was sent and the second is over.
fn halfway(listener: &TcpListener) -> Vec<TcpStream> {
    let (mut asked, mut closed, mut open) = (false, false, Vec::new());
    while !(asked && closed) {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        match stream.read(&mut [0u8; 512]).unwrap() {
            0 => closed = true,
            _ => asked = true,
        }
        open.push(stream);
    }
    open
}

fn two_targets(server: &TcpListener) -> Plan {
    let mut plan = plan(server, Protocol::Http);
    let mut quick = plan.targets[0].clone();
    quick.id = "path-2".to_owned();
    quick.protocol = Protocol::Tcp;
    plan.targets.push(quick);
    plan.limits.timeout_ms = 60_000;
    plan
}

/// What had come to an end is kept, and so are the layers of what had not.
fn kept(output: &Output, log: &Path) {
    assert_eq!(output.status.code(), Some(0));
    let observations = only_result(output);
    assert!(observations.cut_short);
    assert_eq!(observations.results[0].class, "norun.deadline");
    assert_eq!(observations.results[0].layers[0].class, "tcp.ok");
    assert_eq!(observations.results[1].outcome, Outcome::Reached);
    let message: Value = serde_json::from_str(&std::fs::read_to_string(log).unwrap()).unwrap();
    assert_eq!(message["cut_short"], true);
    assert_eq!(message["observations"], observations.digest().unwrap());
    assert_eq!(
        message["results"],
        serde_json::json!({
            "verified": 0, "reached": 1, "server-error": 0, "unreachable": 0, "not-tested": 1
        })
    );
}

#[test]
fn sigterm_prints_what_was_measured() {
    let server = listener();
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = program();
    command.env("KUBEREACH_PLAN", json(&two_targets(&server))).arg("--termination-log").arg(log.path());
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let _open = halfway(&server);
    let started = Instant::now();
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    assert!(started.elapsed() < Duration::from_secs(20), "long before the request's own limit");
    kept(&output, log.path());
}

#[test]
fn the_deadline_prints_what_was_measured() {
    let server = listener();
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut plan = two_targets(&server);
    plan.limits.total_ms = 3_000;
    let mut command = program();
    command.env("KUBEREACH_PLAN", json(&plan)).arg("--termination-log").arg(log.path());
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let _open = halfway(&server);
    kept(&child.wait_with_output().unwrap(), log.path());
}
