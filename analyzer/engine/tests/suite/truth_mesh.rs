//! Policies of Istio and Linkerd against what their makers' tests and another analyzer expect. No decided answer is
//! wrong; what is undecided is counted by its named reason.

use std::collections::BTreeMap;

use kubereach_engine::policy::{Answer, Connection, End, Ends, Missing, PolicyView, Protocol, Request};
use kubereach_model::snapshot::Snapshot;
use kubereach_testkit::snapshots::{json_file, load};
use kubereach_testkit::truth::truth;
use serde_json::Value;

#[derive(Default)]
struct Figures {
    right: usize,
    undecided: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
}

fn end<'s>(snapshot: &'s Snapshot, ends: &Ends<'s>, name: &str) -> End<'s> {
    match name.split_once('/') {
        Some((namespace, pod)) => {
            let found = snapshot.pods.named(namespace, pod).next();
            End::Pod(ends.pod(found.unwrap_or_else(|| panic!("no pod {name}"))))
        }
        None => ends.at(name.parse().unwrap_or_else(|e| panic!("{name}: {e}"))),
    }
}

fn request(row: &Value) -> Option<Request> {
    let text = |key: &str| row[key].as_str().map(str::to_owned);
    let headers = row["headers"].as_object().into_iter().flatten();
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().expect("a header").to_owned()));
    let request = Request {
        method: text("method"),
        path: text("path"),
        host: text("host"),
        principal: text("principal"),
        ..Request::default()
    };
    Some(request.with_headers(headers)).filter(|request| !request.is_empty())
}

fn suite(name: &str) -> Figures {
    let root = truth("policy").join(name);
    let mut figures = Figures::default();
    for case in json_file(&root.join("index.json")).as_array().expect("cases") {
        let snapshot = load(&root.join(case["world"].as_str().expect("a world")));
        let view = PolicyView::new(&snapshot);
        for row in case["rows"].as_array().expect("rows") {
            let Some(protocol) = Protocol::of(row["protocol"].as_str().expect("a protocol")) else { continue };
            let word = |key: &str| row[key].as_str().expect("an end");
            let (from, to) = (end(&snapshot, &view.ends, word("from")), end(&snapshot, &view.ends, word("to")));
            let port = row["port"].as_u64().map(|port| u16::try_from(port).expect("a port"));
            let request = request(row);
            let connection = Connection { from: &from, to: &to, protocol, port, request: request.as_ref() };
            let decision = view.decide(&connection);
            match (decision.answer, row["allowed"] == Value::Bool(true)) {
                (Answer::Allowed, true) | (Answer::Denied, false) => figures.right += 1,
                (Answer::Unknown, _) => {
                    let sides = [&decision.verdict.egress, &decision.verdict.ingress];
                    let missing = sides.into_iter().flat_map(|side| &side.missing).map(Missing::key).next();
                    *figures.undecided.entry(missing.unwrap_or("no reason")).or_default() += 1;
                }
                _ => figures.wrong.push(format!("{} {row} got {decision:?}", case["id"])),
            }
        }
    }
    let undecided: usize = figures.undecided.values().sum();
    println!("{name}: {} right, {undecided} undecided {:?}", figures.right, figures.undecided);
    figures
}

/// No decided answer is wrong, and of all of them at most one in twenty is undecided, with a reason.
#[track_caller]
fn agree(names: &[&str]) {
    let (mut right, mut undecided) = (0, 0);
    for name in names {
        let figures = suite(name);
        assert!(figures.wrong.is_empty(), "{name}: {:#?}", figures.wrong.iter().take(10).collect::<Vec<_>>());
        assert!(!figures.undecided.contains_key("no reason"), "{name}: {:?}", figures.undecided);
        right += figures.right;
        undecided += figures.undecided.values().sum::<usize>();
    }
    assert!(right > 0 && undecided * 20 <= right, "{right} right, {undecided} undecided");
}

#[test]
fn what_the_makers_of_istio_test_agrees() {
    agree(&[
        "istio-ambient",
        "istio-ambient-convert",
        "istio-authz",
        "istio-authz-builder",
        "istio-docs",
        "istio-peerauthn-compose",
        "istio-reachability",
    ]);
}

#[test]
fn what_the_makers_of_linkerd_test_agrees() {
    agree(&["linkerd-default-policy", "linkerd-e2e", "linkerd-index"]);
}

#[test]
fn what_another_analyzer_expects_of_istio_agrees() {
    agree(&["nca-istio"]);
}
