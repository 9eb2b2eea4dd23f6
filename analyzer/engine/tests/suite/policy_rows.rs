//! A suite of `tests/truth/policy`, asked row by row: who may connect to whom with which request, as others expect it.

use std::collections::BTreeMap;

use kubereach_engine::policy::{Answer, Connection, End, Ends, Missing, PolicyView, Protocol, Request};
use kubereach_model::snapshot::Snapshot;
use kubereach_testkit::snapshots::{json_file, load};
use kubereach_testkit::truth::truth;
use serde_json::Value;

/// How far a suite agrees.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) right: usize,
    /// By what is missing.
    by_gap: BTreeMap<&'static str, usize>,
}

impl Figures {
    pub(crate) fn undecided(&self) -> usize {
        self.by_gap.values().sum()
    }
}

/// Asks a suite. No decided answer is wrong, some are right, and what is undecided has a named reason.
#[track_caller]
pub(crate) fn agrees(name: &str) -> Figures {
    agrees_but(name, 0, |_| false)
}

/// The same where so many answers differ, each of them one of these: who is right is said at the test.
#[track_caller]
pub(crate) fn agrees_but(name: &str, different: usize, is_known: fn(&Value) -> bool) -> Figures {
    let root = truth("policy").join(name);
    let (mut figures, mut wrong, mut known) = (Figures::default(), Vec::new(), 0);
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
                (Answer::Allowed, true) | (Answer::Denied, false) => figures.right += 1,
                (Answer::Unknown, _) => {
                    let sides = [&decision.verdict.egress, &decision.verdict.ingress];
                    let missing = sides.into_iter().flat_map(|side| &side.missing).map(Missing::key).next();
                    *figures.by_gap.entry(missing.unwrap_or("no reason")).or_default() += 1;
                }
                _ if is_known(row) => known += 1,
                _ => wrong.push(format!("{} {row} got {decision:?}", case["id"])),
            }
        }
    }
    let (right, undecided) = (figures.right, figures.undecided());
    println!("{name}: {right} right, {known} of another opinion, {undecided} undecided {:?}", figures.by_gap);
    assert_eq!(known, different, "{name}: answers of another opinion");
    assert!(wrong.is_empty(), "{name}: {:#?}", wrong.iter().take(10).collect::<Vec<_>>());
    assert!(!figures.by_gap.contains_key("no reason"), "{name}: {:?}", figures.by_gap);
    figures
}

/// At most one in twenty is undecided.
#[track_caller]
pub(crate) fn decide(name: &str, right: usize, undecided: usize) {
    assert!(right > 0 && undecided * 20 <= right, "{name}: {right} right, {undecided} undecided");
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
        sni: text("sni"),
        ..Request::default()
    };
    Some(request.with_headers(headers)).filter(|request| !request.is_empty())
}
