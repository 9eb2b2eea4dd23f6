//! The API server as a vantage, over a real socket: what is sent, what it comes to, and that it decides nothing.

use std::time::Duration;

use kubereach_engine::Filter;
use kubereach_engine::plan_snapshot;
use kubereach_live::cluster::{self, RelayOptions};
use kubereach_prober::observations::ResultRow;
use kubereach_prober::words::{Cap, Outcome, Purpose};
use kubereach_prober::{Observations, Plan};
use serde_json::{Value, json};

use super::kit::{ask, read, shop, target};
use crate::api::{Api, Application, Cluster, Rule};
use crate::program::program;

fn said(status: u16, body: &str) -> Application {
    Application { status, body: body.as_bytes().to_vec(), ..Application::default() }
}

/// What the API server says of an application that it cannot reach.
fn cannot(cause: &str) -> Application {
    let message = format!("error trying to reach service: dial tcp 10.0.0.7:8080: {cause}");
    said(
        503,
        &json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message,
            "reason": "ServiceUnavailable", "code": 503})
        .to_string(),
    )
}

fn plan(api: &Api) -> Plan {
    let intake = read(api, "admin", &ask()).unwrap();
    plan_snapshot(&intake.snapshots[0], &Filter::default(), None)
}

fn relay(api: &Api, token: &str, plan: &Plan) -> Observations {
    cluster::relay(&target(api, token), plan, RelayOptions::default()).unwrap()
}

fn row<'o>(seen: &'o Observations, namespace: &str, resource: &str) -> &'o ResultRow {
    let asked = format!("/namespaces/{namespace}/{resource}/");
    seen.results.iter().find(|row| row.command.contains(&asked)).unwrap_or_else(|| panic!("{:#?}", seen.results))
}

#[test]
fn services_and_pods_of_the_plan_are_asked_and_nothing_else() {
    let redirect =
        Application { headers: vec![("location".into(), "http://169.254.169.254/".into())], ..said(302, "") };
    let api = Cluster::new(shop())
        .application(
            "shop-web:80",
            Application { headers: vec![("set-cookie".into(), "secret=1".into())], ..said(200, "hello") },
        )
        .application("vault-web:80", redirect)
        .application("shop-web-1:8080", said(503, "<h1>closed</h1>"))
        .application("vault-web-1:8080", said(404, "no such page"))
        .start();
    let plan = plan(&api);
    let before = api.log().len();
    let seen = relay(&api, "admin", &plan);
    assert_eq!(seen.results.len(), plan.targets.len(), "a row for every target");
    assert_eq!(
        (row(&seen, "shop", "services").outcome, row(&seen, "shop", "services").class.as_str()),
        (Outcome::Verified, "http.ok")
    );
    assert_eq!(row(&seen, "vault", "services").class, "http.redirect");
    assert_eq!(row(&seen, "shop", "pods").class, "http.app-error", "an application's own 503 is an answer");
    assert_eq!(row(&seen, "vault", "pods").class, "http.not-found");
    for row in seen.results.iter().filter(|row| row.command.is_empty()) {
        assert_eq!(row.outcome, Outcome::NotTested, "{row:?}");
        assert!(!row.reason.is_empty());
    }
    let asked: Vec<_> = api.log().split_off(before);
    let mut targets: Vec<&str> = asked.iter().map(|r| r.target.as_str()).collect();
    targets.sort_unstable();
    assert_eq!(
        targets,
        [
            "/api/v1/namespaces/shop/pods/shop-web-1:8080/proxy/",
            "/api/v1/namespaces/shop/services/shop-web:80/proxy/",
            "/api/v1/namespaces/vault/pods/vault-web-1:8080/proxy/",
            "/api/v1/namespaces/vault/services/vault-web:80/proxy/",
        ],
        "once each, no redirect followed, no control"
    );
    for request in &asked {
        assert_eq!(request.method, "GET");
        assert!(request.body.is_empty());
        for name in request.headers.keys() {
            assert!(["host", "accept", "user-agent", "authorization"].contains(&name.as_str()), "{name}");
        }
        assert!(request.header("user-agent").starts_with("kubereach"), "{}", request.header("user-agent"));
    }
    assert!(!serde_json::to_string(&seen).unwrap().contains("secret=1"));
}

#[test]
fn refused_permission_is_denied_with_the_grant_to_ask_for() {
    let viewer = ["services", "pods", "endpointslices", "namespaces"]
        .into_iter()
        .flat_map(|resource| ["", "discovery.k8s.io"].map(|group| Rule::on(group, resource, &["get", "list"])))
        .collect();
    let api = Cluster::new(shop()).identity("viewer", viewer).application("shop-web:80", said(200, "")).start();
    let plan = plan(&api);
    let seen = relay(&api, "viewer", &plan);
    let row = row(&seen, "shop", "services");
    assert_eq!((row.outcome, row.class.as_str(), row.tried), (Outcome::NotTested, "norun.rbac", 0));
    assert!(
        row.reason.starts_with("denied: ") && row.reason.contains("cannot get resource \"services/proxy\""),
        "{}",
        row.reason
    );
    assert!(
        row.reason.contains("kubectl create role kubereach-relay -n shop --verb=get --resource=services/proxy"),
        "{}",
        row.reason
    );
    let grants = cluster::grants(&plan);
    let mut resources = grants["shop"].clone();
    resources.sort_unstable();
    assert_eq!(resources, ["pods/proxy", "services/proxy"]);
}

#[test]
fn what_the_control_plane_cannot_reach_says_nothing_against_the_way_of_clients() {
    let api = Cluster::new(shop())
        .application("shop-web:80", cannot("connect: connection refused"))
        .application("shop-web-1:8080", cannot("i/o timeout"))
        .application("vault-web:80", said(502, "No agent available"))
        .start();
    let plan = plan(&api);
    let seen = relay(&api, "admin", &plan);
    assert_eq!(row(&seen, "shop", "services").class, "tcp.refused");
    assert_eq!(row(&seen, "shop", "pods").class, "tcp.timeout");
    assert_eq!(row(&seen, "vault", "services").outcome, Outcome::NotTested);
    assert_eq!(row(&seen, "vault", "pods").outcome, Outcome::Unreachable, "no endpoints, in the API server's words");
    for row in &seen.results {
        assert!(row.cap <= Cap::Unknown, "{row:?}");
        assert!(row.causes.len() < 8);
    }
}

#[test]
fn slow_large_and_endless_answers_are_bounded() {
    let api = Cluster::new(shop())
        .application("shop-web:80", Application { slow: Duration::from_secs(20), ..said(200, "") })
        .application("vault-web:80", said(200, &"x".repeat(8 << 20)))
        .start();
    let mut plan = plan(&api);
    plan.limits.timeout_ms = 1_500;
    let seen = relay(&api, "admin", &plan);
    let slow = row(&seen, "shop", "services");
    assert_eq!((slow.outcome, slow.class.as_str()), (Outcome::NotTested, "norun.deadline"));
    assert!(slow.reason.contains("within"), "{}", slow.reason);
    let large = row(&seen, "vault", "services");
    let http = large.layers[0].http.as_ref().unwrap();
    assert_eq!((large.outcome, http.body_bytes, http.body_cut), (Outcome::Verified, 64 << 10, true));
    // The limit of the whole leaves a row for everything.
    plan.limits.timeout_ms = 30_000;
    let options = RelayOptions { total: Some(Duration::from_secs(1)), ..RelayOptions::default() };
    let seen = cluster::relay(&target(&api, "admin"), &plan, options).unwrap();
    assert_eq!(seen.results.len(), plan.targets.len());
    assert!(seen.results.iter().any(|row| row.class == "norun.deadline"), "{:#?}", seen.results);
}

#[test]
fn an_api_server_that_is_not_there_is_not_an_application_that_is_not_there() {
    let api = Cluster::new(shop()).start();
    let plan = plan(&api);
    let path = api.folder().join("gone.yaml");
    let text = std::fs::read_to_string(api.kubeconfig("admin")).unwrap();
    std::fs::write(&path, text.replace(&api.address.to_string(), "127.0.0.1:1")).unwrap();
    let gone = cluster::Target { kubeconfig: Some(path), ..cluster::Target::default() };
    let seen = cluster::relay(&gone, &plan, RelayOptions::default()).unwrap();
    for row in seen.results.iter().filter(|row| !row.command.is_empty()) {
        assert_eq!((row.outcome, row.class.as_str()), (Outcome::NotTested, "norun.vantage"));
        assert!(row.reason.contains("API server itself was not reached"), "{}", row.reason);
    }
}

#[test]
fn what_is_not_http_is_never_sent_and_a_wrong_guess_is_the_guess_s_fault() {
    let mut all = shop();
    for object in all.iter_mut().filter(|o| o["kind"] == "Service" || o["kind"] == "EndpointSlice") {
        let named = if object["metadata"]["namespace"] == "shop" { "postgres" } else { "" };
        let port = if named.is_empty() { 9999 } else { 5432 };
        let ports = if object["kind"] == "Service" { &mut object["spec"]["ports"] } else { &mut object["ports"] };
        ports[0]["name"] = named.into();
        if ports[0].get("targetPort").is_some() {
            ports[0]["port"] = port.into();
        }
    }
    let api = Cluster::new(all).application("vault-web:9999", cannot("malformed HTTP response \"SSH-2.0\"")).start();
    let plan = plan(&api);
    let seen = relay(&api, "admin", &plan);
    assert!(!api.log().iter().any(|r| r.path.contains("/shop/services/")), "HTTP was sent to a database");
    let database = seen.results.iter().zip(&plan.targets).find(|(_, t)| t.port == Some(5432)).unwrap().0;
    assert_eq!(database.outcome, Outcome::NotTested, "{database:?}");
    for row in seen.results.iter().filter(|row| row.purpose == Purpose::Path) {
        assert_ne!(row.outcome, Outcome::ServerError, "{row:?}");
    }
}

fn run(api: &Api, token: &str, args: &[&str]) -> (i32, String, String) {
    let mut command = program();
    command.args(args).arg("--kubeconfig").arg(api.kubeconfig(token));
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_relay_never_decides_a_verdict() {
    let good = || said(200, "ok");
    let bad = || cannot("connect: connection refused");
    for (name, application) in [("answers", good()), ("fails", bad())] {
        let api = ["shop-web:80", "vault-web:80", "shop-web-1:8080", "vault-web-1:8080"]
            .into_iter()
            .fold(Cluster::new(shop()), |cluster, id| cluster.application(id, application.clone()))
            .start();
        let (code, out, err) = run(&api, "admin", &["check", "--live", "--via", "apiserver", "--format", "json"]);
        assert_eq!(code, 0, "{err}");
        let report: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(report["summary"]["config-ok"], 2, "{name}: {}", report["summary"]);
        assert_eq!(report["summary"]["healthy"], 0);
        for subject in report["subjects"].as_array().unwrap() {
            assert_ne!(subject["traffic"], "verified", "{name}");
            let rows = subject["paths"][0]["by_vantage"].as_array().unwrap();
            assert!(
                rows.iter().all(|row| row["via"] == "apiserver" && row["confidence"] == "indirect"),
                "{name}: {rows:?}"
            );
            assert!(!rows.is_empty(), "{name}");
        }
        assert!(!out.contains("another plan"), "{name}: the relay's own plan is not recognized");
        let (code, out, _) =
            run(&api, "admin", &["trace", "service/shop-web", "-n", "shop", "--live", "--via", "apiserver"]);
        assert_eq!(code, 0);
        assert!(out.contains("relay"), "{out}");
    }
}

#[test]
fn a_plan_is_relayed_and_merged_later() {
    let api = Cluster::new(shop()).application("shop-web:80", said(200, "ok")).start();
    let at = |name: &str| api.folder().join(name).display().to_string();
    let (code, _, err) = run(&api, "admin", &["plan", "--live", "-n", "shop", "-o", &at("plan.json")]);
    assert_eq!(code, 0, "{err}");
    assert!(std::fs::read_to_string(at("plan.json")).unwrap().contains("\"relay\""));
    let (code, out, err) =
        run(&api, "admin", &["probe", &at("plan.json"), "--via", "apiserver", "-o", &at("seen.json")]);
    assert_eq!(code, 0, "{err}");
    assert!(out.starts_with("vantage apiserver"), "{out}");
    let seen = Observations::parse(&std::fs::read(at("seen.json")).unwrap()).unwrap();
    assert!(seen.observations.results.iter().any(|row| row.outcome == Outcome::Verified));
    let (code, out, err) =
        run(&api, "admin", &["check", "--live", "--observations", &at("seen.json"), "--format", "json"]);
    assert_eq!(code, 0, "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["summary"]["healthy"], 0);
    assert_eq!(report["snapshot"]["observations"][0]["vantage"], "apiserver", "{out}");
    for (args, says) in [
        (&["check", "x.yaml", "--via", "apiserver"][..], "--live"),
        (&["probe", "x.json", "--context", "y"][..], "--via apiserver"),
        (&["probe", "x.json", "--via", "apiserver", "--allow-address", "127.0.0.1"][..], "cannot be used with"),
    ] {
        let (code, _, err) = run(&api, "admin", args);
        assert!((code == 2 || code == 3) && err.contains(says), "{args:?}: {code} {err}");
    }
}
