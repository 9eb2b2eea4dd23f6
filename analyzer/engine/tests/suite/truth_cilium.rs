//! Policies of Cilium against what its makers' tests and pages expect. No decided answer is wrong; what is undecided is
//! counted by its named reason.

use std::collections::BTreeMap;

use kubereach_engine::policy::{Answer, Connection, End, Ends, Missing, PolicyView, Protocol, Request};
use kubereach_model::snapshot::Snapshot;
use kubereach_testkit::snapshots::{json_file, load};
use kubereach_testkit::truth::truth;
use serde_json::Value;

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
    let headers = headers.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    let request = Request {
        method: text("method"),
        path: text("path"),
        host: text("host"),
        sni: text("sni"),
        ..Request::default()
    };
    Some(request.with_headers(headers)).filter(|request| !request.is_empty())
}

#[track_caller]
fn agrees(name: &str) {
    let root = truth("policy").join(name);
    let (mut right, mut wrong) = (0_usize, Vec::new());
    let mut undecided: BTreeMap<&'static str, usize> = BTreeMap::new();
    for case in json_file(&root.join("index.json")).as_array().expect("cases") {
        let snapshot = load(&root.join(case["world"].as_str().expect("a world")));
        let view = PolicyView::new(&snapshot);
        for row in case["rows"].as_array().expect("rows") {
            // Policies are asked about these protocols only.
            let Some(protocol) = Protocol::of(row["protocol"].as_str().expect("a protocol")) else { continue };
            let word = |key: &str| row[key].as_str().expect("an end");
            let (from, to) = (end(&snapshot, &view.ends, word("from")), end(&snapshot, &view.ends, word("to")));
            let port = row["port"].as_u64().map(|port| u16::try_from(port).expect("a port"));
            let request = request(row);
            let connection = Connection { from: &from, to: &to, protocol, port, request: request.as_ref() };
            let decision = view.decide(&connection);
            match (decision.answer, row["allowed"] == Value::Bool(true)) {
                (Answer::Allowed, true) | (Answer::Denied, false) => right += 1,
                (Answer::Unknown, _) => {
                    let sides = [&decision.verdict.egress, &decision.verdict.ingress];
                    let missing = sides.into_iter().flat_map(|side| &side.missing).map(Missing::key).next();
                    *undecided.entry(missing.unwrap_or("no reason")).or_default() += 1;
                }
                _ => wrong.push(format!("{} {row} got {decision:?}", case["id"])),
            }
        }
    }
    println!("{name}: {right} right, undecided {undecided:?}");
    assert!(wrong.is_empty(), "{name}: {:#?}", wrong.iter().take(10).collect::<Vec<_>>());
    assert!(!undecided.contains_key("no reason"), "{name}: {undecided:?}");
    assert!(right > 0, "{name}: nothing was decided");
}

#[test]
fn what_cilium_tests_agrees() {
    for name in ["cilium-connectivity", "cilium-connectivity-main", "cilium-distillery"] {
        agrees(name);
    }
}

#[test]
fn what_ciliums_pages_say_agrees() {
    agrees("cilium-docs");
}
