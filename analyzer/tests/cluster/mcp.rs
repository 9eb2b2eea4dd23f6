//! `kubereach mcp --live` against an API server: read again, measured after a yes, and never more than that.

#[path = "../common/client.rs"]
mod client;

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::api::jobs::Kubelet;
use crate::api::{Api, Cluster, Request, Rule};
use crate::program;
use crate::run::kit::{assert_clean, cluster, ever, good};
use client::{Client, Person};
use kubereach_testkit::stored;

fn server(api: &Api, token: &str, more: &[&str]) -> Command {
    let mut command = program::program();
    command.args(["mcp", "--live", "--kubeconfig"]).arg(api.kubeconfig_in(token, "shop")).args(more);
    command.current_dir(api.folder());
    command
}

/// What was sent that is no read and no review.
fn changes(api: &Api) -> Vec<Request> {
    let reads = |request: &Request| request.method == "GET" || request.path.ends_with("reviews");
    api.log().into_iter().filter(|request| !reads(request)).collect()
}

/// A server whose pods end with a result.
fn measured() -> Cluster {
    let mut cluster = cluster(8080);
    cluster.workshop.kubelet = Kubelet::Seen(vec![json!({"status": {"phase": "Succeeded",
        "containerStatuses": [{"name": "prober", "state": {"terminated": {"exitCode": 0}}}]}})]);
    cluster.workshop.log = Some(good);
    cluster
}

/// A person who answers so, and what they were asked.
fn person(action: &'static str, go_ahead: bool) -> (Arc<Mutex<Vec<Value>>>, Person) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    let answer = move |params: &Value| {
        heard.lock().unwrap().push(params.clone());
        json!({"action": action, "content": {"go_ahead": go_ahead}})
    };
    (asked, Box::new(answer))
}

#[test]
fn a_live_source_is_read_once_and_again_only_when_it_is_asked_for() {
    let api = cluster(8080).start();
    let mut client = Client::start(server(&api, "admin", &[]));
    client.tool("sources", json!({}));
    assert!(api.log().is_empty(), "nothing is read before somebody asks about it");
    let before = client.tool("overview", json!({}));
    assert_eq!(before["source"], "live");
    let lists = api.log().len();
    client.tool("diagnose", json!({"kind": "Service", "namespace": "shop", "name": "web"}));
    client.tool("coverage", json!({}));
    assert_eq!(api.log().len(), lists, "what was read once is not read again");
    assert!(client.refused("diff", json!({"before": "live@before", "after": "live"})).contains("refresh"));
    // Somebody takes the pod away.
    api.delete(stored::pod("shop", "web", "127.0.0.1", 8080));
    api.delete(stored::slice("shop", "web", "127.0.0.1", 8080));
    let told = client.tool("refresh", json!({}));
    assert!(api.log().len() > lists);
    assert_eq!(told["counts"]["introduced"], 1, "{told:#}");
    assert_eq!(told["changes"][0]["verdict_after"], "broken", "{told:#}");
    let diff = client.tool("diff", json!({"before": "live@before", "after": "live"}));
    assert_eq!(diff["counts"], told["counts"]);
    assert!(changes(&api).is_empty(), "{:?}", changes(&api));
}

#[test]
fn what_the_identity_may_not_read_is_forbidden_and_never_missing() {
    let rules = vec![Rule::on("", "services", &["list", "get"]), Rule::on("", "namespaces", &["list", "get"])];
    let api = cluster(8080).identity("half", rules).start();
    let mut client = Client::start(server(&api, "half", &[]));
    let rows = client.tool("coverage", json!({"kinds": ["Ingress"]}));
    assert_eq!(rows["coverage"][0]["state"], "forbidden", "{rows:#}");
    let answer = client.tool("diagnose", json!({"kind": "Ingress", "namespace": "shop", "name": "web"}));
    assert_eq!((&answer["found"], &answer["verdict"]), (&json!("unknown"), &json!("unknown")), "{answer:#}");
    assert!(answer["says"].as_str().unwrap().contains("forbidden"), "{answer:#}");
    let answer = client.tool("diagnose", json!({"kind": "Service", "namespace": "shop", "name": "web"}));
    assert_eq!(answer["verdict"], "unknown");
    assert!(!answer["why"].as_str().unwrap().is_empty());
}

#[test]
fn without_allow_run_there_is_no_way_to_measure() {
    let api = measured().start();
    let mut client = Client::start(server(&api, "admin", &[]));
    let tools = client.ask("tools/list", json!({}));
    let names: Vec<&str> =
        tools["result"]["tools"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"refresh") && !names.contains(&"measure"), "{names:?}");
    let answer = client.ask("tools/call", json!({"name": "measure", "arguments": {}}));
    assert_eq!(answer["error"]["code"], -32602);
    assert_eq!((ever(&api, "jobs"), changes(&api).len()), (0, 0));
}

#[test]
fn a_measurement_is_shown_asked_for_made_once_and_cleaned_up() {
    let api = measured().start();
    let (asked, yes) = person("accept", true);
    let mut client = Client::with_person(server(&api, "admin", &["--allow-run", "-n", "shop"]), Some(yes));
    let tools = client.ask("tools/list", json!({}));
    let tool =
        tools["result"]["tools"].as_array().unwrap().iter().find(|tool| tool["name"] == "measure").unwrap().clone();
    let hints = &tool["annotations"];
    assert_eq!((&hints["readOnlyHint"], &hints["destructiveHint"]), (&json!(false), &json!(true)));
    assert_eq!((&hints["idempotentHint"], &hints["openWorldHint"]), (&json!(false), &json!(true)));
    // The dry run creates nothing and asks nobody.
    let plan = client.tool("measure", json!({"names": ["web"]}));
    assert_eq!(plan["step"], "planned");
    let kinds: Vec<&str> =
        plan["creates"].as_array().unwrap().iter().map(|made| made["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Job", "ConfigMap"]);
    let persisted = |request: &&Request| !request.query.contains_key("dryRun");
    assert_eq!(
        (ever(&api, "jobs"), changes(&api).iter().filter(persisted).count(), asked.lock().unwrap().len()),
        (0, 0, 0)
    );
    let token = plan["token"].clone();
    let done = client.tool("measure", json!({"token": token}));
    assert_eq!((&done["step"], &done["measured"]), (&json!("measured"), &json!(true)), "{done:#}");
    assert_eq!(done["subjects"][0]["verdict"], "healthy", "{done:#}");
    assert_eq!((ever(&api, "jobs"), ever(&api, "configmaps")), (1, 1));
    assert_clean(&api, "");
    let question = asked.lock().unwrap()[0]["message"].as_str().unwrap().to_owned();
    assert!(question.contains("1 Job(s) and 1 ConfigMap(s) in shop of test"), "{question}");
    assert_eq!(asked.lock().unwrap().len(), 1);
    // A token is good for one run, and the answers from now on know what was measured.
    assert!(client.refused("measure", json!({"token": token})).contains("no run waits"));
    let web = client.tool("diagnose", json!({"kind": "Service", "namespace": "shop", "name": "web"}));
    assert_eq!((&web["verdict"], &web["traffic"]), (&json!("healthy"), &json!("verified")));
    assert_eq!(ever(&api, "jobs"), 1);
}

#[test]
fn nothing_is_created_without_a_yes() {
    for (action, go_ahead) in [("decline", true), ("cancel", true), ("accept", false)] {
        let api = measured().start();
        let (asked, no) = person(action, go_ahead);
        let mut client = Client::with_person(server(&api, "admin", &["--allow-run"]), Some(no));
        let token = client.tool("measure", json!({"namespaces": ["shop"]}))["token"].clone();
        let why = client.refused("measure", json!({"token": token}));
        assert!(why.contains("did not agree"), "{why}");
        assert_eq!((asked.lock().unwrap().len(), ever(&api, "jobs")), (1, 0), "{action}");
        assert_clean(&api, action);
    }
    // A client that cannot ask a person, and tokens that nobody gave out.
    let api = measured().start();
    let mut client = Client::start(server(&api, "admin", &["--allow-run", "-n", "shop"]));
    let token = client.tool("measure", json!({}))["token"].clone();
    assert!(client.refused("measure", json!({"token": token})).contains("elicitation"));
    for token in ["", "0", &"0".repeat(64)] {
        assert!(client.refused("measure", json!({"token": token})).contains("no run waits"));
    }
    assert!(client.refused("measure", json!({"from": "local"})).contains("this machine"));
    assert!(client.refused("measure", json!({"namespaces": ["kube-system"]})).contains("measures in shop only"));
    assert_eq!(ever(&api, "jobs"), 0);
    assert_clean(&api, "");
}

#[test]
fn a_client_that_goes_away_or_gives_up_leaves_nothing_behind() {
    for gives_up in [true, false] {
        let mut cluster = cluster(8080);
        cluster.workshop.kubelet =
            Kubelet::Seen(vec![json!({"status": {"phase": "Running", "containerStatuses": [{"name": "prober",
            "ready": false, "restartCount": 0, "image": "i", "imageID": "i",
            "state": {"running": {"startedAt": "2026-01-02T03:04:05Z"}}}]}})]);
        let api = cluster.start();
        let (_, yes) = person("accept", true);
        let mut client = Client::with_person(server(&api, "admin", &["--allow-run", "-n", "shop"]), Some(yes));
        let token = client.tool("measure", json!({}))["token"].clone();
        let id = client.begin("tools/call", json!({"name": "measure", "arguments": {"token": token}}));
        // The question is answered, and then the run begins.
        let question = client.receive();
        client.send(&json!({"jsonrpc": "2.0", "id": question["id"], "result": {"action": "accept", "content": {"go_ahead": true}}}));
        wait("the pod", || api.cluster.workshop.made.lock().unwrap().count("pods") == 1);
        if gives_up {
            client.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
            wait("the cleaning", || api.cluster.workshop.made.lock().unwrap().everything() == 0);
            assert_eq!(client.tool("sources", json!({}))["may_measure"], true);
        }
        assert_eq!(client.end(), 0);
        assert_clean(&api, "");
    }
}

fn wait(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < Duration::from_mins(1), "{what} never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}
