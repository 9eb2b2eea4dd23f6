//! The whole way: the prober itself, run by a kubelet with the plan of the `ConfigMap`, against an HTTP server.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::kit::{assert_clean, cluster, ever, prober, program, report, run, said, subject};
use crate::api::jobs::Kubelet;

/// An HTTP server that says 200 to everything, for as long as the test runs.
fn application(status: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut head = [0; 2048];
                let _ = stream.read(&mut head);
                let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
            });
        }
    });
    port
}

#[test]
fn what_the_prober_measures_is_what_the_report_says() {
    let mut cluster = cluster(application("200 OK"));
    cluster.workshop.kubelet = Kubelet::Runs(prober());
    let api = cluster.start();
    let html = api.folder().join("report.html");
    let arguments =
        ["-n", "shop", "--yes", "--allow-address", "127.0.0.0/8", "--format", "json", "-o", html.to_str().unwrap()];
    let (code, out, err) = run(&api, "admin", &arguments);
    let report = report(&out, &err);
    let web = subject(&report, "web");
    assert_eq!(
        (web["verdict"].as_str(), web["traffic"].as_str()),
        (Some("healthy"), Some("verified")),
        "{web:#}\n{err}"
    );
    assert_eq!(code, 0, "{err}");
    let seen = &report["snapshot"]["observations"][0];
    assert_eq!(seen["vantage"], "in-cluster");
    assert_eq!(seen["plan_matches"], true, "{seen:#}");
    let source = seen["source"].as_str().unwrap();
    assert!(source.contains("namespace shop") && !source.contains("kubereach.dev/run"), "{source}");
    assert!(std::fs::read_to_string(html).unwrap().contains("healthy"));
    assert_eq!((ever(&api, "jobs"), ever(&api, "configmaps")), (1, 1));
    assert_clean(&api, &err);
}

#[test]
fn a_measured_failure_is_one_and_no_failure_of_the_run() {
    // Nobody listens on the port: the prober says so; alone it condemns nothing.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut cluster = cluster(port);
    cluster.workshop.kubelet = Kubelet::Runs(prober());
    let api = cluster.start();
    let arguments = ["-n", "shop", "--yes", "--allow-address", "127.0.0.0/8", "--format", "json"];
    let (code, out, err) = run(&api, "admin", &[&arguments[..], &["--fail-on", "unknown"]].concat());
    let report = report(&out, &err);
    let web = subject(&report, "web");
    assert_eq!((web["verdict"].as_str(), web["paths"][0]["outcome"].as_str()), (Some("unknown"), Some("unreachable")));
    assert!(web["reason"].as_str().unwrap().contains("refused"), "{web:#}");
    assert!(!err.contains("not tested from"), "{err}");
    assert_eq!(code, 1, "{err}");
    assert_clean(&api, &err);
}

#[cfg(unix)]
fn signal(child: &std::process::Child, name: &str) {
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args([format!("-{name}"), pid]).status().unwrap().success());
}

fn wait_for(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_mins(1), "{what} never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A pod that runs for ever.
fn endless() -> Kubelet {
    Kubelet::Seen(vec![serde_json::json!({"status": {"phase": "Running", "containerStatuses": [{"name": "prober",
        "ready": false, "restartCount": 0, "image": "i", "imageID": "i",
        "state": {"running": {"startedAt": "2026-01-02T03:04:05Z"}}}]}})])
}

#[cfg(unix)]
#[test]
fn whoever_ends_the_run_leaves_nothing_behind() {
    for name in ["INT", "TERM", "HUP"] {
        let mut cluster = cluster(8080);
        cluster.workshop.kubelet = endless();
        let api = cluster.start();
        let child = program(&api, "admin")
            .args(["-n", "shop", "--yes", "--format", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let made = |plural: &str| api.cluster.workshop.made.lock().unwrap().count(plural);
        wait_for("the pod", || made("pods") == 1);
        signal(&child, name);
        let (code, out, err) = said(child.wait_with_output().unwrap());
        assert_eq!(code, 3, "{name}: {err}");
        assert_eq!(out, "", "{name}: nothing was judged");
        assert!(err.contains("interrupted"), "{name}: {err}");
        assert_clean(&api, &err);
    }
}

/// Whoever asks twice does not wait for the deleting, and is told what is left.
#[cfg(unix)]
#[test]
fn the_second_signal_ends_the_deleting_too() {
    let mut cluster = cluster(8080);
    cluster.workshop.kubelet = endless();
    cluster.workshop.slow = Duration::from_secs(25);
    let api = cluster.start();
    let child = program(&api, "admin")
        .args(["-n", "shop", "--yes", "-q"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for("the pod", || api.cluster.workshop.made.lock().unwrap().count("pods") == 1);
    signal(&child, "INT");
    wait_for("the deletion", || api.log().iter().any(|request| request.method == "DELETE"));
    signal(&child, "INT");
    let (code, _, err) = said(child.wait_with_output().unwrap());
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("left behind: job/") && err.contains("the deleting was interrupted"), "{err}");
}

#[test]
fn time_that_runs_out_leaves_nothing_behind_and_says_which_phase_it_was() {
    let mut cluster = cluster(8080);
    cluster.workshop.kubelet = endless();
    let api = cluster.start();
    let (code, out, err) = run(&api, "admin", &["-n", "shop", "--yes", "--format", "json", "--timeout", "4s"]);
    let report = report(&out, &err);
    assert_eq!(subject(&report, "web")["verdict"], "config-ok");
    assert!(err.contains("the time for the whole run was over") && err.contains("measures on"), "{err}");
    assert_eq!(code, 3, "{err}");
    assert_clean(&api, &err);
}

#[cfg(unix)]
#[test]
fn what_a_killed_run_leaves_behind_is_found_and_removed() {
    let mut cluster = cluster(8080);
    cluster.workshop.kubelet = endless();
    let api = cluster.start();
    let mut child = program(&api, "admin").args(["-n", "shop", "--yes", "-q"]).stderr(Stdio::null()).spawn().unwrap();
    wait_for("the pod", || api.cluster.workshop.made.lock().unwrap().count("pods") == 1);
    signal(&child, "KILL");
    child.wait().unwrap();
    {
        let made = api.cluster.workshop.made.lock().unwrap();
        assert_eq!((made.count("jobs"), made.count("configmaps")), (1, 1), "kill -9 leaves no time");
        // The plan goes with the Job even if nobody ever cleans up.
        let owner = &made.objects["configmaps"][0]["metadata"]["ownerReferences"][0];
        assert_eq!(owner["uid"], made.objects["jobs"][0]["metadata"]["uid"]);
        assert!(made.objects["jobs"][0]["spec"]["ttlSecondsAfterFinished"].is_number());
    }
    let (code, _, err) = run(&api, "admin", &["--cleanup", "--yes"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("still running") && err.contains("deleted 2 of 2"), "{err}");
    assert_clean(&api, &err);
    let (code, _, err) = run(&api, "admin", &["--cleanup", "--yes"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("no run has left anything behind"), "{err}");
}

/// A pod that ended with a result.
fn quick(cluster: &mut crate::api::Cluster) {
    cluster.workshop.kubelet = Kubelet::Seen(vec![serde_json::json!({"status": {"phase": "Succeeded",
        "containerStatuses": [{"name": "prober", "state": {"terminated": {"exitCode": 0}}}]}})]);
    cluster.workshop.log = Some(super::kit::good);
}

#[test]
fn an_answer_that_is_lost_on_its_way_makes_neither_a_second_job_nor_an_orphan() {
    let mut cluster = cluster(8080);
    quick(&mut cluster);
    *cluster.workshop.loses.lock().unwrap() = 2;
    let api = cluster.start();
    let (code, _, err) = run(&api, "admin", &["-n", "shop", "--yes", "-q"]);
    assert_eq!((code, ever(&api, "jobs"), ever(&api, "configmaps")), (0, 1, 1), "{err}");
    assert_clean(&api, &err);
}

#[test]
fn what_cannot_be_deleted_is_named_with_the_way_to_remove_it() {
    let mut cluster = cluster(8080);
    quick(&mut cluster);
    cluster.workshop.refuses.push(("delete jobs".to_owned(), 403, "jobs is forbidden".to_owned(), None));
    let api = cluster.start();
    let (code, _, err) = run(&api, "admin", &["-n", "shop", "--yes", "-q"]);
    assert_eq!(code, 0, "it was measured all the same: {err}");
    assert!(err.contains("left behind: job/kubereach-probe-") && err.contains("kubereach run --cleanup="), "{err}");
    let made = api.cluster.workshop.made.lock().unwrap();
    assert_eq!((made.count("jobs"), made.count("configmaps")), (1, 0));
}

/// A large plan becomes several Jobs, of which four run at a time.
#[test]
fn a_large_plan_is_measured_part_by_part() {
    let mut objects = super::kit::shop(8080);
    for number in 0..600 {
        let ip = format!("10.96.{}.{}", number / 250, number % 250 + 1);
        objects.push(super::kit::object(
            "v1",
            "Service",
            "shop",
            &format!("s{number:03}"),
            serde_json::json!({
            "spec": {"type": "ClusterIP", "clusterIP": ip, "clusterIPs": [ip], "selector": {"app": "web"},
                "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]}}),
        ));
    }
    let mut cluster = crate::api::Cluster::new(objects);
    quick(&mut cluster);
    let api = cluster.start();
    let arguments = ["-n", "shop", "--yes", "--format", "json", "--fail-on", "never", "--max-targets", "1200"];
    let (code, out, err) = run(&api, "admin", &arguments);
    let report = report(&out, &err);
    let files = report["snapshot"]["observations"].as_array().unwrap();
    assert!(files.len() > 2, "{err}");
    assert_eq!((code, ever(&api, "jobs")), (0, files.len()), "{err}");
    assert!(files.iter().all(|file| file["plan_matches"] == true), "{files:#?}");
    assert_clean(&api, &err);
}

/// The report of a run is that of `check --live` with the same observations, apart from them.
#[test]
fn a_run_that_measures_nothing_reports_as_check_does() {
    let api = cluster(8080).start();
    let (_, out, err) = run(&api, "admin", &["-n", "shop", "--yes", "--format", "json", "--start", "1s"]);
    let measured = report(&out, &err);
    let checked = crate::program::program()
        .args(["check", "--live", "-n", "shop", "--format", "json", "--kubeconfig"])
        .arg(api.kubeconfig_in("admin", "shop"))
        .output()
        .unwrap();
    let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
    let words = |report: &Value| {
        let subjects = report["subjects"].as_array().unwrap().iter();
        let of = |s: &Value| (s["name"].to_string(), s["verdict"].to_string(), s["config"].to_string());
        subjects.map(of).collect::<Vec<_>>()
    };
    assert_eq!(words(&measured), words(&checked));
    assert_eq!(measured["summary"], checked["summary"]);
}
