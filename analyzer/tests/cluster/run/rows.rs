//! The table of what keeps a run from measuring, row by row, over a socket and with the real program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use kubereach_live::run::Trouble;
use serde::Deserialize;
use serde_json::{Value, json};

use super::kit::{answered, assert_clean, cluster, ever, good, report, run, subject};
use crate::api::jobs::{Kubelet, Log};
use crate::api::{Api, Fault, Rule};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Situation {
    row: String,
    #[serde(default)]
    name: String,
    /// Verb, group and resource that the identity may not use.
    denied: Option<[String; 3]>,
    #[serde(default)]
    refuses: BTreeMap<String, Value>,
    #[serde(default = "ended")]
    pods: Vec<Value>,
    #[serde(default)]
    job: Value,
    #[serde(default)]
    events: Vec<(String, String, String)>,
    #[serde(default)]
    fences: BTreeMap<String, Vec<Value>>,
    vanishes: Option<usize>,
    /// Requests for this path are never answered.
    hangs: Option<String>,
    /// A text, or status and message.
    log: Option<Value>,
    /// What is done to a result.
    result: Option<String>,
    #[serde(default)]
    words: Vec<String>,
    /// How many Jobs are created.
    created: Option<usize>,
}

fn ended() -> Vec<Value> {
    vec![json!({"phase": "Succeeded", "container": {"terminated": {"exitCode": 0, "reason": "Completed"}}})]
}

/// What is seen of a pod, from its shorthand.
fn seen(short: &Value) -> Value {
    if short.is_null() {
        return Value::Null;
    }
    let mut status = json!({"phase": short.get("phase").cloned().unwrap_or_else(|| "Pending".into())});
    let mut pod = json!({});
    let mut conditions = vec![json!({"type": "PodScheduled", "status": "True"})];
    if let Some(own) = short["conditions"].as_array() {
        if own.is_empty() || own.iter().any(|c| c["type"] == "PodScheduled") {
            conditions.clear();
        }
        conditions.extend(own.iter().cloned());
    }
    status["conditions"] = conditions.into();
    for key in ["reason", "message"] {
        if short[key].is_string() {
            status[key] = short[key].clone();
        }
    }
    let mut containers = Vec::new();
    if short["container"].is_object() {
        containers.push(json!({"name": "prober", "state": short["container"]}));
    }
    if let Some(name) = short["beside"].as_str() {
        containers.push(json!({"name": name, "ready": true, "state": {"running": {}}}));
    }
    if !containers.is_empty() {
        status["containerStatuses"] = containers.into();
    }
    if let Some(inits) = short["init"].as_array() {
        let spec = |i: &Value| json!({"name": i["name"], "restartPolicy": i["restartPolicy"]});
        pod["spec"]["initContainers"] = inits.iter().map(spec).collect();
        status["initContainerStatuses"] = inits.clone().into();
    }
    // `node: null` is not on a node yet.
    if short.get("node") != Some(&Value::Null) {
        pod["spec"]["nodeName"] = "n1".into();
    }
    if short["deleted"] == true {
        pod["metadata"]["deletionTimestamp"] = "2026-01-02T03:04:05Z".into();
    }
    pod["status"] = status;
    pod
}

fn plan(value: &Value) -> kubereach_prober::Plan {
    kubereach_prober::Plan::parse(value.to_string().as_bytes()).unwrap()
}

fn cut(value: &Value) -> String {
    let whole = good(value);
    whole.lines().take(whole.lines().count() / 2).collect::<Vec<_>>().join("\n")
}

fn damaged(value: &Value) -> String {
    good(value).replacen("\"answered\"", "\"altered\"", 1)
}

fn future(value: &Value) -> String {
    let mut observations = answered(&plan(value));
    "kubereach/observations/v9".clone_into(&mut observations.schema);
    kubereach_prober::envelope::wrap(&observations).unwrap()
}

fn other(value: &Value) -> String {
    let mut observations = answered(&plan(value));
    observations.run = Some("kubereach-probe-other".to_owned());
    kubereach_prober::envelope::wrap(&observations).unwrap()
}

fn noisy(value: &Value) -> String {
    format!("istio says hello\n{}bye\n", good(value))
}

fn serve(situation: &Situation) -> (Api, &'static str) {
    let mut cluster = cluster(8080);
    let workshop = &mut cluster.workshop;
    workshop.kubelet = Kubelet::Seen(situation.pods.iter().map(seen).collect());
    workshop.job.clone_from(&situation.job);
    workshop.events.clone_from(&situation.events);
    workshop.fences.clone_from(&situation.fences);
    workshop.vanishes = situation.vanishes;
    let only = match situation.refuses.get("only").and_then(Value::as_str) {
        Some("dry") => Some(true),
        Some("real") => Some(false),
        _ => None,
    };
    for (plural, refusal) in situation.refuses.iter().filter(|(plural, _)| *plural != "only") {
        let code = u16::try_from(refusal[0].as_u64().unwrap()).unwrap();
        workshop.refuses.push((plural.clone(), code, refusal[1].as_str().unwrap().to_owned(), only));
    }
    workshop.log = Some(match situation.result.as_deref() {
        None => good,
        Some("cut") => cut,
        Some("damaged") => damaged,
        Some("future") => future,
        Some("other") => other,
        Some("noisy") => noisy,
        Some(unknown) => panic!("{unknown}"),
    });
    match &situation.log {
        None => {}
        Some(Value::String(text)) => workshop.log_is = Log::Text(text.clone()),
        Some(failure) => {
            let code = u16::try_from(failure[0].as_u64().unwrap()).unwrap();
            workshop.log_is = Log::Fails(code, failure[1].as_str().unwrap().to_owned());
        }
    }
    if let Some(path) = &situation.hangs {
        cluster = cluster.trouble(path, Fault::Hangup, usize::MAX);
    }
    let Some([verb, group, resource]) = &situation.denied else { return (cluster.start(), "admin") };
    // Everything but that.
    let all = ["create", "delete", "get", "list"];
    let others: Vec<&str> = all.into_iter().filter(|v| v != verb).collect();
    let resources = ["jobs", "configmaps", "pods", "pods/log", "events", "resourcequotas", "limitranges"];
    let mut rules = vec![Rule::on("*", "*", &["list"]), Rule::on("", "namespaces", &["get"])];
    for name in resources {
        let of = if name == "jobs" { "batch" } else { "" };
        let verbs = if name == resource && of == group { &others[..] } else { &all[..] };
        rules.push(Rule::on(of, name, verbs));
    }
    (cluster.identity("someone", rules).start(), "someone")
}

fn check(situation: &Situation) {
    let (api, token) = serve(situation);
    let (code, out, err) = run(&api, token, &["-n", "shop", "--yes", "--format", "json", "--start", "1s"]);
    let what = format!("{} {}\n{err}", situation.row, situation.name);
    let report = report(&out, &what);
    let web = subject(&report, "web");
    for words in &situation.words {
        assert!(err.contains(words.as_str()), "'{words}' is not said: {what}");
    }
    assert_clean(&api, &what);
    if situation.row == "measured" {
        assert_eq!((code, web["verdict"].as_str()), (0, Some("healthy")), "{what}{web:#}");
        assert!(!err.contains("not tested from"), "{what}");
        return;
    }
    let trouble = Trouble::ALL.iter().find(|t| t.row().word == situation.row).unwrap();
    let row = trouble.row();
    let said: Vec<&str> = err.lines().filter(|line| line.contains("not tested from")).collect();
    assert_eq!(said.len(), 1, "{what}");
    assert!(said[0].contains(row.says) && said[0].contains(row.remedy), "expected '{}': {what}", row.says);
    // Not tested, and nothing else: the verdict is the configuration's.
    assert_eq!(code, 3, "{what}");
    assert_eq!((web["verdict"].as_str(), web["traffic"].as_str()), (Some("config-ok"), Some("not-tested")), "{what}");
    let path = &web["paths"][0];
    assert_eq!(path["outcome"], "not-tested", "{what}");
    assert!(path["by_vantage"].as_array().is_none_or(Vec::is_empty), "{what}{path:#}");
    let reasons = path["not_measured"].as_array().unwrap();
    assert_eq!(reasons.len(), 1, "{what}{path:#}");
    let reason = reasons[0]["reason"].as_str().unwrap();
    assert!(reason.contains(row.says) && reason.contains(row.class.rule().says), "{reason}\n{what}");
    if let Some(created) = situation.created {
        assert_eq!(ever(&api, "jobs"), created, "{what}");
    }
}

fn situations() -> Vec<Situation> {
    serde_yaml::from_str(include_str!("rows.yaml")).unwrap()
}

#[test]
fn every_row_is_told_as_what_it_is() {
    let wanted = std::env::var("ROW").unwrap_or_default();
    let all: Vec<Situation> = situations().into_iter().filter(|s| s.row.contains(&wanted)).collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    // They wait more than they work.
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some(situation) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(situation)));
                    if checked.is_err() {
                        wrong.lock().unwrap().push(format!("{} {}", situation.row, situation.name));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), all.len());
}

#[test]
fn every_row_of_the_table_has_a_situation() {
    // These two are in whole.rs.
    let elsewhere = ["timed-out", "interrupted"];
    let covered: BTreeSet<String> = situations().into_iter().map(|s| s.row).collect();
    let missing: Vec<&str> = Trouble::ALL
        .iter()
        .map(|trouble| trouble.row().word)
        .filter(|word| !covered.contains(*word) && !elsewhere.contains(word))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
