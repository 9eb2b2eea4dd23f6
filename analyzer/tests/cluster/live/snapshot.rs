//! What is taken home is judged as what is live.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kubereach_engine::AnalysisOptions;
use kubereach_engine::analyze;
use kubereach_engine::analyze_intake;
use kubereach_intake::progress::Silent;
use kubereach_intake::{InputSpec, IntakeOptions};
use kubereach_live::cluster::{self, Ask, Form, Pseudonyms};
use kubereach_reports::report::Report;
use serde_json::{Value, json};

use super::kit::{ask, coverage, object, objects_in, read, report, shop, target};
use crate::api::{Api, Cluster, Fault, Rule};
use crate::program::program;
use kubereach_testkit::situations::fixtures;

/// A shop with a front door, a certificate, policies, and things that nobody may take home.
fn full() -> Vec<Value> {
    use base64::Engine as _;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let pem = rcgen::generate_simple_self_signed(vec!["www.acme.example".to_owned()]).unwrap().cert.pem();
    let mut all = shop();
    all.push(object(
        "v1",
        "Secret",
        "shop",
        "acme-tls",
        json!({"type": "kubernetes.io/tls",
        "data": {"tls.crt": encode(&pem), "tls.key": encode("hunter2")}}),
    ));
    all.push(object("v1", "Secret", "shop", "acme-db", json!({"type": "Opaque", "data": {"p": encode("hunter2")}})));
    all.push(object("v1", "ConfigMap", "shop", "acme-app", json!({"data": {"a": "hunter2"}})));
    all.push(object(
        "networking.k8s.io/v1",
        "IngressClass",
        "",
        "nginx",
        json!({"spec": {"controller": "k8s.io/ingress-nginx"}}),
    ));
    for (name, service) in [("acme-front", "shop-web"), ("acme-gone", "acme-missing")] {
        all.push(object("networking.k8s.io/v1", "Ingress", "shop", name, json!({
            "spec": {"ingressClassName": "nginx", "tls": [{"hosts": ["www.acme.example"], "secretName": "acme-tls"}],
                "rules": [{"host": "www.acme.example", "http": {"paths": [{"path": format!("/{name}"), "pathType": "Prefix",
                    "backend": {"service": {"name": service, "port": {"number": 80}}}}]}}]},
            "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.77"}]}}})));
    }
    all.push(object(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "shop",
        "acme-policy",
        json!({"spec": {
        "podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress"],
        "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/16", "except": ["10.0.1.0/24"]}}]}]}}),
    ));
    all
}

fn served(objects: Vec<Value>) -> Cluster {
    let mut cluster = Cluster::new(objects);
    cluster.date = Some("Fri, 02 Jan 2026 03:04:06 GMT".to_owned());
    cluster
}

fn take(api: &Api, token: &str, ask: &Ask, name: &str, pseudonyms: Option<&mut Pseudonyms>) -> PathBuf {
    let path = api.folder().join(name);
    let form = Form::of(&path).unwrap();
    cluster::snapshot(&target(api, token), ask, &path, form, pseudonyms, Box::new(Silent)).unwrap();
    path
}

fn check(path: &Path) -> Report {
    analyze(&[InputSpec::Path(path.to_owned())], &AnalysisOptions::default(), &Silent).unwrap()
}

/// The report as JSON, without the inputs.
fn bytes(mut report: Report) -> String {
    report.snapshot.inputs.clear();
    serde_json::to_string_pretty(&report).unwrap()
}

#[test]
fn every_form_reads_back_to_the_same_bytes() {
    let api = served(full()).start();
    let live = bytes(report(&api, "admin", &ask()));
    assert!(live.contains("acme-missing"));
    for name in ["a.tar.zst", "a.tar.gz", "a.yaml", "folder"] {
        let report = check(&take(&api, "admin", &ask(), name, None));
        assert_eq!(report.snapshot.inputs[0].layout, "kubereach", "{name}");
        assert_eq!(bytes(report), live, "{name}");
    }
}

#[test]
fn what_was_refused_or_failed_reads_back_to_the_same_bytes() {
    let api = served(full())
        .identity("tenant", vec![Rule::in_namespace("shop")])
        .trouble("/api/v1/namespaces/shop/endpoints", Fault::Status(404, None), 1_000)
        .start();
    let ask = Ask { namespaces: vec!["shop".to_owned()], ..ask() };
    let live = bytes(report(&api, "tenant", &ask));
    // With -n a snapshot reads nothing else, so the same is asked for without it.
    let target = cluster::Target { kubeconfig: Some(api.kubeconfig_in("tenant", "shop")), ..Default::default() };
    let path = api.folder().join("t.tar.zst");
    let ask = Ask { namespaces: Vec::new(), ..ask };
    cluster::snapshot(&target, &ask, &path, Form::TarZst, None, Box::new(Silent)).unwrap();
    assert_eq!(bytes(check(&path)), live);
}

#[test]
fn fixtures_read_back_to_the_same_bytes() {
    let mut folders: Vec<PathBuf> = walkdir::WalkDir::new(fixtures())
        .into_iter()
        .filter_map(Result::ok)
        .filter(|e| e.file_name() == "expect.yaml")
        .filter_map(|e| e.path().parent().map(Path::to_path_buf))
        .collect();
    folders.sort();
    let mut compared = 0;
    for folder in folders.iter().step_by(7) {
        let Some(objects) = objects_in(&folder.join("input")) else { continue };
        let fit = |o: &Value| o["kind"].is_string() && o["apiVersion"].is_string() && o["metadata"]["uid"].is_string();
        if objects.is_empty() || !objects.iter().all(fit) {
            continue;
        }
        let api = served(objects).start();
        let live = report(&api, "admin", &ask());
        // What could not be read stands at another place in a file than in a list.
        if !live.snapshot.problems.is_empty() {
            continue;
        }
        compared += 1;
        let live = bytes(live);
        assert_eq!(bytes(check(&take(&api, "admin", &ask(), "f.tar.zst", None))), live, "{}", folder.display());
    }
    assert!(compared > 10, "{compared}");
}

#[test]
fn nothing_private_is_written_and_kubectl_users_can_read_it() {
    let api = served(full()).start();
    let folder = take(&api, "admin", &ask(), "folder", None);
    let mut lists = 0;
    for entry in walkdir::WalkDir::new(&folder).into_iter().map(Result::unwrap).filter(|e| e.file_type().is_file()) {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        for secret in ["hunter2", "aHVudGVyMg", "managedFields", "PRIVATE"] {
            assert!(!text.contains(secret), "{secret} in {}", entry.path().display());
        }
        let value: Value = serde_json::from_str(&text).unwrap();
        if let Some(items) = value["items"].as_array().filter(|_| value["kind"] == "List") {
            lists += 1;
            assert!(items.iter().all(|i| i["kind"].is_string() && i["apiVersion"].is_string()));
        }
    }
    assert!(lists > 6, "{lists}");
    assert!(folder.join("namespaces/shop/ingresses.networking.k8s.io.json").is_file());
    let record: Value = serde_json::from_slice(&std::fs::read(folder.join("coverage.json")).unwrap()).unwrap();
    assert_eq!(record["user"], "admin");
    assert_eq!(record["serverVersion"], "v1.31.2");
    let pods = record["lists"].as_array().unwrap().iter().find(|l| l["kind"] == "Pod").unwrap();
    assert_eq!(
        (&pods["state"], &pods["objects"], &pods["resourceVersion"]),
        (&json!("complete"), &json!(2), &json!("4711"))
    );
}

#[test]
fn an_archive_that_lost_a_file_proves_nothing_absent() {
    let api = served(full()).start();
    let folder = take(&api, "admin", &ask(), "folder", None);
    std::fs::remove_file(folder.join("namespaces/shop/pods.json")).unwrap();
    let report = check(&folder);
    let (state, reason) = coverage(&report, "Pod", None);
    assert_eq!(state, "partial", "{reason}");
    assert!(reason.contains("1 of the 2 objects"), "{reason}");
}

#[test]
fn some_namespaces_some_kinds_and_more() {
    let mut all = full();
    all.push(object("example.com/v1", "Widget", "shop", "w", json!({"spec": {"password": "hunter2"}})));
    let api = served(all).start();
    let only = Ask { namespaces: vec!["shop".to_owned()], only_namespaces: true, ..ask() };
    let report = check(&take(&api, "admin", &only, "n.tar.gz", None));
    assert_eq!(coverage(&report, "Pod", Some("shop")).0, "complete");
    assert_eq!(coverage(&report, "Pod", None).0, "not-collected");
    assert!(!serde_json::to_string(&report.subjects).unwrap().contains("vault"));
    let kinds = Ask { kinds: vec!["svc".to_owned()], add: vec!["widgets.v1.example.com".parse().unwrap()], ..ask() };
    let folder = take(&api, "admin", &kinds, "k", None);
    let widgets = std::fs::read_to_string(folder.join("namespaces/shop/widgets.example.com.json")).unwrap();
    assert!(widgets.contains("\"Widget\"") && !widgets.contains("hunter2"), "{widgets}");
    let report = check(&folder);
    assert_eq!(coverage(&report, "Service", None).0, "complete");
    let (state, reason) = coverage(&report, "Pod", None);
    assert_eq!(state, "not-collected");
    assert!(reason.contains("--kind"), "{reason}");
    assert!(cluster::check_kinds(&["nonsense".to_owned()]).is_err());
}

/// Subjects with everything that is said of them, names in the words of `say`.
fn said(report: &Report, say: &mut dyn FnMut(&str) -> String) -> BTreeSet<String> {
    report
        .subjects
        .iter()
        .map(|s| {
            let mut findings: Vec<String> = report
                .findings
                .iter()
                .filter(|f| s.findings.contains(&f.id))
                .map(|f| format!("{} {} {} {}", f.code, say(&f.object.to_string()), say(&f.message), say(&f.command)))
                .collect();
            findings.sort();
            let mut paths: Vec<String> = s
                .paths
                .iter()
                .map(|p| {
                    let host = p.host.as_ref().map(|h| format!("{h:?}")).unwrap_or_default();
                    let evidence: Vec<String> =
                        p.segments.iter().map(|g| format!("{:?}={}", g.state, say(&g.evidence))).collect();
                    format!("{} {} {} {:?}", say(&p.entry), say(&host), evidence.join(";"), p.config)
                })
                .collect();
            paths.sort();
            format!(
                "{}/{} {} {}\n{findings:#?}\n{paths:#?}",
                s.kind,
                say(&format!("{}/{}", s.namespace, s.name)),
                s.verdict.word(),
                say(&s.headline)
            )
        })
        .collect()
}

#[test]
fn the_report_of_a_pseudonymized_snapshot_is_the_pseudonymized_report() {
    let api = served(full()).start();
    let original = check(&take(&api, "admin", &ask(), "o.tar.zst", None));
    let mut pseudonyms = Pseudonyms::new(Some("test"));
    let folder = take(&api, "admin", &ask(), "p", Some(&mut pseudonyms));
    for entry in walkdir::WalkDir::new(&folder).into_iter().map(Result::unwrap) {
        let text =
            if entry.file_type().is_file() { std::fs::read_to_string(entry.path()).unwrap() } else { String::new() };
        let place = entry.path().strip_prefix(&folder).unwrap().display().to_string();
        for name in ["acme", "shop", "vault", "10.0.0.7", "203.0.113.77", "10.96.0.1"] {
            assert!(!text.contains(name) && !place.contains(name), "{name} in {place}");
        }
    }
    let report = check(&folder);
    let expected = said(&original, &mut |text| pseudonyms.text(text));
    let got = said(&report, &mut str::to_owned);
    assert_eq!(got, expected);
    assert!(pseudonyms.map().contains_key("shop-web"));
    // The range still holds the one pod and not the other.
    let names = pseudonyms.map();
    let cidr: ipnet::IpNet = names["10.0.0.0/16"].parse().unwrap();
    let except: ipnet::IpNet = names["10.0.1.0/24"].parse().unwrap();
    let pod = |a: &str| names[a].parse::<std::net::IpAddr>().unwrap();
    assert!(cidr.contains(&pod("10.0.0.7")) && !except.contains(&pod("10.0.0.7")) && except.contains(&pod("10.0.1.7")));
}

#[test]
fn a_dry_run_names_every_request_that_is_made_and_no_other() {
    use std::collections::BTreeSet;
    let mut all = full();
    all.push(object("example.com/v1", "Widget", "shop", "w", json!({})));
    let api = served(all).start();
    for ask in [
        ask(),
        Ask { namespaces: vec!["shop".to_owned()], only_namespaces: true, read_tls: false, ..ask() },
        Ask {
            kinds: vec!["svc".to_owned(), "pods".to_owned()],
            add: vec!["widgets.example.com".parse().unwrap()],
            ..ask()
        },
    ] {
        let before = api.log().len();
        let said: BTreeSet<String> = cluster::would_read(&target(&api, "admin"), &ask)
            .unwrap()
            .iter()
            .filter_map(|line| line.strip_prefix("GET ")?.split("  ").next().map(str::to_owned))
            .filter(|line| !line.contains("/secrets/NAME"))
            .collect();
        let preview: Vec<String> = api.log().split_off(before).iter().map(|r| r.path.clone()).collect();
        let opening =
            |path: &str| ["/version", "/api", "/apis"].contains(&path) || path.ends_with("/selfsubjectreviews");
        assert!(preview.iter().all(|path| opening(path)), "a dry run read {preview:?}");
        let before = api.log().len();
        let name = format!("d{before}.tar.gz");
        take(&api, "admin", &ask, &name, None);
        let made: BTreeSet<String> = api
            .log()
            .split_off(before)
            .iter()
            // What was listed by name only is read by name where a path names it.
            .filter(|r| !opening(&r.path) && !r.path.contains("/secrets/") && !r.path.contains("/configmaps/"))
            .map(|r| match r.query.get("fieldSelector") {
                Some(selector) => format!("{}?fieldSelector={selector}", r.path),
                None => r.path.clone(),
            })
            .collect();
        assert_eq!(made, said);
    }
}

#[test]
fn two_snapshots_side_by_side_do_not_speak_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    for (name, objects) in [("a.yaml", full()), ("b.yaml", Vec::new())] {
        let api =
            served(if objects.is_empty() { vec![object("v1", "Namespace", "", "else", json!({}))] } else { objects })
                .start();
        std::fs::rename(take(&api, "admin", &ask(), name, None), folder.path().join(name)).unwrap();
    }
    let report = check(folder.path());
    assert_ne!(coverage(&report, "HTTPRoute", None).0, "complete");
    assert_eq!(report.snapshot.inputs.iter().filter(|i| i.layout == "kubereach").count(), 0);
}

#[test]
fn the_program_does_all_that() {
    let api = served(full()).start();
    let kubeconfig = api.kubeconfig("admin");
    let run = |args: &[&str]| {
        let mut command = program();
        command.args(args).arg("--kubeconfig").arg(&kubeconfig);
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let (code, out, err) = run(&["check", "--live", "--format", "json", "--read-tls"]);
    assert_eq!(code, 1, "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["snapshot"]["inputs"][0]["path"], "live:test");
    assert_eq!(err, "");
    let (code, out, err) = run(&["trace", "ingress/acme-gone", "-n", "shop", "--live"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("acme-missing"), "{out}");
    let (code, out, err) = run(&["can", "external", "service/shop-web", "-n", "shop", "--live"]);
    assert!(code == 0 || code == 1 || code == 4, "{out}{err}");
    let (code, out, _) = run(&["snapshot", "--dry-run", "-n", "shop", "--read-tls"]);
    assert_eq!(code, 0);
    assert!(out.contains("GET /api/v1/namespaces/shop/pods\n") && out.contains("names and labels only"), "{out}");
    let file = api.folder().join("cli.tar.zst");
    let file = file.to_str().unwrap();
    let (code, out, err) = run(&["snapshot", "-o", file, "--pseudonyms"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("cli.tar.zst.pseudonyms.json"), "{err}");
    assert!(Path::new(&format!("{file}.pseudonyms.json")).is_file());
    let plain = api.folder().join("plain.tar.gz");
    let plain = plain.to_str().unwrap();
    assert_eq!(run(&["snapshot", "-o", plain]).0, 0);
    let (code, out, err) = run(&["diff", plain, "--live", "--format", "json"]);
    assert_eq!(code, 0, "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["change"]["after"], json!(["live:test"]), "{out}");
    let (code, _, err) = run(&["diff", "--live"]);
    assert_eq!(code, 2, "{err}");
    let (code, _, err) = run(&["snapshot", "-o", "x.zip"]);
    assert_eq!(code, 2, "{err}");
    let (code, _, err) = run(&["check", "--live", "x.yaml"]);
    assert_eq!(code, 2, "{err}");
    let (code, _, err) = run(&["check", "--live", "--context", "nowhere"]);
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("nowhere"), "{err}");
    let same = analyze_intake(
        &read(&api, "admin", &ask()).unwrap(),
        &AnalysisOptions { intake: IntakeOptions::default(), ..AnalysisOptions::default() },
    );
    assert!(same.summary.broken > 0);
}
