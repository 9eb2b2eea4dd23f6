//! The requests of the Gateway API's conformance suite: every expectation is decided as it says (which backend, where a
//! redirect leads, what the door answers), but for those that are named here.

use std::collections::BTreeMap;

use kubereach_engine::evaluate::Cluster;
use kubereach_engine::request::{Answer, Query, Requests, Word};
use kubereach_testkit::snapshots::{json_file, whole};
use kubereach_testkit::truth::truth;
use serde_json::{Value, json};

/// What a configuration cannot show: `(test, part of the path asked for, why)`.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("GatewayTLSBackendClientCertificate", "/", "the state was recorded before the backend's pods were ready"),
    ("BackendTLSPolicySANValidation", "", "which names the certificate of a backend holds shows only when it is asked"),
];

/// What is left open, and why.
const UNDECIDED: &[(&str, &str)] = &[];

fn query(row: &Value) -> Query {
    let request = &row["request"];
    let text = |key: &str| request[key].as_str().unwrap_or_default();
    let tls = row["protocol"] == "tls";
    let protocol = if tls { "https" } else { row["protocol"].as_str().unwrap_or_default() };
    let gateway =
        format!("{}/{}", row["gateway"]["namespace"].as_str().unwrap(), row["gateway"]["name"].as_str().unwrap());
    let port = row["port"].as_u64().unwrap_or(if tls { 443 } else { 80 });
    let mut asked = json!({"gateway": gateway, "protocol": protocol, "port": port, "server_name": row["server_name"]});
    if row["protocol"] == "grpc" {
        asked["host"] = text("authority").into();
        asked["headers"] = request["metadata"].clone();
        asked["grpc"] = json!({"service": request["service"], "method": request["method"]});
    } else if !request.is_null() {
        asked["host"] = text("host").into();
        asked["method"] = text("method").into();
        asked["path"] = text("path").into();
        asked["headers"] = request["headers"].clone();
    }
    serde_json::from_value(asked).unwrap()
}

/// What is wrong with the answer.
fn wrong(row: &Value, answer: &Answer) -> Option<String> {
    let expect = &row["expect"];
    let status: Vec<u64> = expect["status"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    let fails = expect["failure"] == true || expect["grpc_code"].as_u64().is_some_and(|code| code != 0);
    if expect["connection_rejected"] == true || fails {
        return (!matches!(answer.answer, Word::Refused | Word::Response)).then(|| "must fail".to_owned());
    }
    if status.first().is_some_and(|s| (300..400).contains(s)) {
        let Some(redirect) = answer.redirect.as_ref().filter(|_| answer.answer == Word::Redirect) else {
            return Some("must be redirected".to_owned());
        };
        let own = serde_json::to_value(redirect).unwrap();
        let fields = expect["redirect"].as_object().into_iter().flatten();
        for (key, value) in fields.filter(|(_, value)| value.as_str().is_some_and(|v| !v.is_empty())) {
            let own = &own[key.to_lowercase()];
            let own = own.as_str().map_or_else(|| own.to_string(), str::to_owned);
            if Some(own.as_str()) != value.as_str() {
                return Some(format!("{key} must be {value}"));
            }
        }
        return (!status.contains(&u64::from(redirect.status))).then(|| format!("status must be {status:?}"));
    }
    if status.first().is_some_and(|s| *s >= 400) {
        let said = answer.status.iter().any(|s| status.contains(&u64::from(*s)));
        return (answer.answer != Word::Response || !said).then(|| format!("the door must answer {status:?}"));
    }
    let backend = ["backend", "Backend", "Service"].iter().find_map(|key| expect[key].as_str());
    // These Services have names of their own and lead to the pods of one backend.
    let backend = backend.filter(|_| row["test"] != "HTTPRouteServiceTypes");
    let leads = backend.is_none_or(|name| answer.backends.iter().any(|b| b.name == name && b.weight > 0));
    (answer.answer != Word::Backend || !leads).then(|| format!("{backend:?} must answer"))
}

#[test]
fn every_request_of_the_suite_is_decided_as_it_expects() {
    let root = truth("gateway-api");
    let index = json_file(&root.join("requests.json"));
    let mut by_state: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in index.as_array().into_iter().flatten() {
        by_state.entry(row["state"].as_str().unwrap_or_default().to_owned()).or_default().push(row.clone());
    }
    let (mut right, mut open) = (0, 0);
    let mut failures = Vec::new();
    for (state, rows) in &by_state {
        let items = json_file(&root.join(state))["items"].as_array().cloned().unwrap_or_default();
        let snapshot = whole(&items);
        let cluster = Cluster::new(&snapshot);
        let requests = Requests::new(&cluster);
        for row in rows {
            let asked = row["request"]["path"].as_str().unwrap_or_default();
            if EXCEPTIONS.iter().any(|(test, part, _)| row["test"] == *test && asked.contains(part)) {
                continue;
            }
            let answer = requests.query(&query(row));
            let named = UNDECIDED.iter().any(|(test, _)| row["test"] == *test);
            match wrong(row, &answer) {
                None => right += 1,
                Some(_) if named && answer.answer == Word::Unknown => open += 1,
                Some(why) => failures.push(format!("{} {}: {why}: {answer:?}", row["test"], row["request"])),
            }
        }
    }
    println!("gateway-api requests: {right} decided as they must be, {open} left open, by name");
    assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.join("\n"));
}
