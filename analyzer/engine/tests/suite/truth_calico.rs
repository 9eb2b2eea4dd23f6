//! Policies of Calico against what its makers' tests and another analyzer expect. No decided answer is wrong; what is
//! undecided is counted by its named reason.

use std::collections::BTreeMap;

use kubereach_engine::policy::{Answer, Connection, End, Ends, Missing, PolicyView, Protocol};
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

fn suite(name: &str) -> Figures {
    let root = truth("policy").join(name);
    let mut figures = Figures::default();
    for case in json_file(&root.join("index.json")).as_array().expect("cases") {
        let snapshot = load(&root.join(case["world"].as_str().expect("a world")));
        let view = PolicyView::new(&snapshot);
        for row in case["rows"].as_array().expect("rows") {
            // Policies are asked about these protocols only.
            let Some(protocol) = Protocol::of(row["protocol"].as_str().expect("a protocol")) else { continue };
            let word = |key: &str| row[key].as_str().expect("an end");
            let (from, to) = (end(&snapshot, &view.ends, word("from")), end(&snapshot, &view.ends, word("to")));
            let port = row["port"].as_u64().map(|port| u16::try_from(port).expect("a port"));
            let decision = view.decide(&Connection { from: &from, to: &to, protocol, port, request: None });
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

#[track_caller]
fn agrees(name: &str) {
    let figures = suite(name);
    assert!(figures.wrong.is_empty(), "{name}: {:#?}", figures.wrong.iter().take(10).collect::<Vec<_>>());
    let undecided: usize = figures.undecided.values().sum();
    assert!(!figures.undecided.contains_key("no reason"), "{name}: {:?}", figures.undecided);
    assert!(figures.right > 0 && undecided * 20 <= figures.right, "{name}: {:?}", figures.undecided);
}

#[test]
fn what_its_makers_test_agrees() {
    for name in ["calico-conversion", "calico-e2e", "calico-felix-fv", "calico-polprog", "calico-selector"] {
        agrees(name);
    }
}

#[test]
fn what_another_analyzer_stores_as_expected_agrees() {
    agrees("nca-calico");
}
