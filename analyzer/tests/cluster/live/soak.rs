//! Staying with a cluster where things change all the time: nothing is missed, and memory stays flat.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::follow::Watching;
use super::kit::{ask, report, shop};
use crate::api::Cluster;
use kubereach_testkit::stored;

/// Services that come and go, fall ill and get well.
const SERVICES: usize = 40;

/// The same numbers in every run (Knuth's linear congruential generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

fn service(number: usize) -> Value {
    stored::object(
        "v1",
        "Service",
        "soak",
        &format!("s{number}"),
        json!({
        "spec": {"type": "ClusterIP", "clusterIP": format!("10.97.0.{number}"), "selector": {"app": format!("s{number}")},
            "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]}, "status": {"loadBalancer": {}}}),
    )
}

/// The pod and the slice of a Service, ready or not.
fn behind(number: usize, ready: bool) -> [Value; 2] {
    let (name, ip) = (format!("s{number}"), format!("10.1.0.{number}"));
    let mut pod = stored::pod("soak", &name, &ip, 8080);
    pod["metadata"]["labels"] = json!({"app": name});
    pod["status"]["conditions"][0]["status"] = if ready { "True" } else { "False" }.into();
    let mut slice = stored::slice("soak", &name, &ip, 8080);
    slice["endpoints"][0]["conditions"]["ready"] = ready.into();
    [pod, slice]
}

/// Resident memory of a process, in KiB.
fn resident(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// `just soak`: 10,000 changes in ten minutes; `KUBEREACH_SOAK` is another number of changes, 60 ms each.
#[test]
#[ignore = "ten minutes: just soak"]
fn ten_thousand_changes_are_followed_to_the_end_with_memory_that_stays() {
    let changes: usize = std::env::var("KUBEREACH_SOAK").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let mut all = shop();
    all.push(stored::object("v1", "Namespace", "", "soak", json!({"status": {"phase": "Active"}})));
    for number in 0..SERVICES {
        all.push(service(number));
        all.extend(behind(number, true));
    }
    let api = Cluster::new(all).start();
    let program = Watching::start(&api, "admin", &[]);
    program.says("watching: ");
    let mut dice = Dice(1);
    let mut early = 0;
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    let begun = Instant::now();
    for change in 0..changes {
        let number = dice.below(SERVICES);
        match dice.below(10) {
            0 => api.delete(service(number)),
            1 | 2 => api.apply(service(number)),
            other => behind(number, other % 2 == 0).into_iter().for_each(|object| api.apply(object)),
        }
        // What is told is read all the time, as by a person.
        while let Some(line) = program.line(Duration::ZERO) {
            learn(&mut told, &line);
        }
        if change == changes / 5 {
            early = resident(program.id());
        }
        std::thread::sleep(
            (begun + Duration::from_millis(60) * u32::try_from(change).unwrap())
                .saturating_duration_since(Instant::now()),
        );
    }
    let late = resident(program.id());
    // What changed last is told within a few reads.
    while let Some(line) = program.line(Duration::from_secs(15)) {
        learn(&mut told, &line);
    }
    let truth = report(&api, "admin", &ask());
    for subject in truth.subjects.iter().filter(|subject| subject.namespace == "soak") {
        let name = format!("Service/soak/{}", subject.name);
        let last = told.get(&name).map_or("config-ok", String::as_str);
        assert_eq!(last, subject.verdict.word(), "{name}: what was told last is not so");
    }
    for (name, last) in told.iter().filter(|(_, last)| *last != "gone") {
        let there = truth.subjects.iter().any(|s| format!("Service/soak/{}", s.name) == *name);
        assert!(there, "{name} is gone, and was last said to be {last}");
    }
    println!("{changes} changes: {early} KiB after a fifth of them, {late} KiB at the end");
    assert!(late < early + early / 3 + 8_192, "memory grew from {early} to {late} KiB");
}

/// `Service/soak/s1: a -> b: …`, `… is new: b: …`, `… is gone; …`, `… is b: …`.
fn learn(told: &mut BTreeMap<String, String>, line: &str) {
    let Some((_, text)) = line.split_once(' ') else { return };
    let Some(end) = text.find([':', ' ']).filter(|_| text.starts_with("Service/soak/")) else { return };
    let (name, rest) = text.split_at(end);
    let verdicts = ["broken", "degraded", "unknown", "config-ok", "healthy"];
    let last = if rest.contains(" is gone") {
        Some("gone")
    } else {
        let after = rest.split_once(" -> ").map_or(rest, |(_, after)| after);
        verdicts.into_iter().filter_map(|word| Some((after.find(word)?, word))).min().map(|(_, word)| word)
    };
    if let Some(last) = last {
        told.insert(name.to_owned(), last.to_owned());
    }
}
