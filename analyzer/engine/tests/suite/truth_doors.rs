//! Doors of every kind against the suites of their makers (`tests/truth`, suite `entry`): nothing that is served may be
//! called broken, nothing that is refused may be called open, and no other backend may be named.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use kubereach_engine::{AnalysisOptions, analyze};
use kubereach_intake::progress::Silent;
use kubereach_intake::{InputSpec, IntakeOptions};
use kubereach_model::snapshot::Assumption;
use kubereach_testkit::snapshots::json_file;
use kubereach_testkit::truth::truth;
use serde_json::Value;

/// One suite: the kinds whose expectations are compared, and how many of them may be undecided, in percent. Suites that
/// are not named here are not compared.
struct Suite {
    name: &'static str,
    kinds: &'static [&'static str],
    undecided: usize,
}

/// Every suite that is held to.
const SUITES: &[Suite] = &[
    Suite { name: "istio-analyzers", kinds: &["Gateway", "VirtualService"], undecided: 10 },
    Suite { name: "istio-gateway-routes", kinds: &["VirtualService"], undecided: 0 },
    Suite { name: "istio-validation", kinds: &["Gateway", "VirtualService"], undecided: 10 },
    Suite { name: "kiali", kinds: &["VirtualService"], undecided: 0 },
    Suite { name: "traefik-crd", kinds: &["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"], undecided: 10 },
    Suite { name: "contour-dag", kinds: &["HTTPProxy"], undecided: 10 },
    Suite { name: "contour-httpproxy-status", kinds: &["HTTPProxy"], undecided: 10 },
    Suite { name: "openshift-must-gather", kinds: &["Route"], undecided: 0 },
    Suite { name: "openshift-route-api", kinds: &["Route"], undecided: 0 },
    Suite { name: "openshift-route-host", kinds: &["Route"], undecided: 10 },
    Suite { name: "openshift-route-validation", kinds: &["Route"], undecided: 10 },
];

/// Cases whose expectation does not follow from their objects: `(suite, case, why)`.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "contour-httpproxy-status",
        "root-proxy-outside-of-roots-namespace",
        "the root namespaces are a flag of the Contour of the test",
    ),
    (
        "contour-httpproxy-status",
        "duplicate-include-condition-headers",
        "computeRoutes leaves out the include and goes on with the route, so that a part is served",
    ),
    (
        "contour-httpproxy-status",
        "tcpproxy-route-unmatched-service-port",
        "processHTTPProxyTCPProxy succeeds before the route is looked at, so that connections are served",
    ),
    (
        "contour-dag",
        "insert-httpproxy-w-tcpproxy-w-includes-another-root",
        "two expectations of one object: the host of the root that includes it is none of its own",
    ),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Right,
    Undecided,
    NotJudged,
    FalseCondemnation,
    Overclaim,
    WrongBackend,
}

#[test]
fn doors_are_judged_as_their_makers_do() {
    let root = truth("entry");
    let mut wrong = Vec::new();
    for suite in SUITES {
        let folder = root.join(suite.name);
        if !folder.is_dir() {
            println!("{}: SKIPPED, the suite is not there", suite.name);
            continue;
        }
        let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
        let mut undecided = Vec::new();
        for row in json_file(&folder.join("index.json")).as_array().expect("rows") {
            let id = row["id"].as_str().expect("an id");
            if EXCEPTIONS.iter().any(|(name, case, _)| *name == suite.name && *case == id) {
                continue;
            }
            let expected: Vec<&Value> = expectations(row, suite.kinds).collect();
            if expected.is_empty() {
                continue;
            }
            let report = report(&folder.join(row["file"].as_str().expect("a file")), row);
            for expected in expected {
                let outcome = judge(expected, &report);
                *counts.entry(outcome).or_default() += 1;
                let line = format!("{outcome:?}: {} {id}: {} {}", suite.name, expected["object"], expected["reason"]);
                match outcome {
                    Outcome::Right => {}
                    Outcome::Undecided => undecided.push(line),
                    _ => wrong.push(line),
                }
            }
        }
        println!("{}: {counts:?}", suite.name);
        for line in &undecided {
            println!("  {line}");
        }
        let total: usize = counts.values().sum();
        assert!(counts.contains_key(&Outcome::Right), "{}: nothing was decided", suite.name);
        let open = undecided.len() * 100;
        assert!(open <= suite.undecided * total, "{}: {} of {total} undecided", suite.name, undecided.len());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a row expects of these kinds, as far as the objects decide it.
fn expectations<'v>(row: &'v Value, kinds: &'v [&'static str]) -> impl Iterator<Item = &'v Value> {
    let all = row["expect"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(move |expected| {
        let kind = expected["object"]["kind"].as_str().unwrap_or_default();
        let decided = expected["state"] != "unknown" && expected["depends_on_settings"] != true;
        decided && kinds.contains(&kind)
    })
}

/// The report of a case, as JSON.
fn report(file: &Path, row: &Value) -> Value {
    let mut intake = IntakeOptions::default();
    for arg in row["args"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let kinds = arg.strip_prefix("--assume-complete=").unwrap_or_else(|| panic!("unknown option {arg}"));
        intake.assume_complete.extend(Assumption::parse(kinds).expect("kinds"));
    }
    let options = AnalysisOptions { intake, ..AnalysisOptions::default() };
    let report = analyze(&[InputSpec::Path(file.to_owned())], &options, &Silent)
        .unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    serde_json::to_value(report).expect("JSON")
}

/// Compares the subject of an expectation.
fn judge(expected: &Value, report: &Value) -> Outcome {
    let object = &expected["object"];
    let all = report["subjects"].as_array().map(Vec::as_slice).unwrap_or_default();
    let named = |subject: &&Value| subject["kind"] == object["kind"] && subject["name"] == object["name"];
    // Some expectations name no namespace, or the default one where the objects have another.
    let here = |subject: &&Value| named(subject) && subject["namespace"] == object["namespace"];
    let Some(subject) = all.iter().find(here).or_else(|| all.iter().find(named)) else {
        return Outcome::NotJudged;
    };
    let paths = subject["paths"].as_array().map(Vec::as_slice).unwrap_or_default();
    let state = expected["state"].as_str().unwrap_or_default();
    let word = if expected["whole"] == true || paths.is_empty() {
        word(subject["config"].as_str().unwrap_or_default())
    } else {
        let (chosen, other) = chosen(paths, expected);
        if other && state == "served" {
            return Outcome::WrongBackend;
        }
        folded(&chosen)
    };
    let allowed = expected["allow"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut allowed = allowed.map(self::word);
    let good: &[&str] = match state {
        "served" => &["open", "narrowed", "dormant"],
        "refused" => &["blocked", "dormant"],
        _ => &["narrowed", "blocked"],
    };
    match word {
        _ if good.contains(&word) || allowed.any(|other| other == word) => Outcome::Right,
        "unknown" => Outcome::Undecided,
        _ if state == "served" => Outcome::FalseCondemnation,
        _ => Outcome::Overclaim,
    }
}

/// The state of paths as one word.
fn folded(paths: &[&Value]) -> &'static str {
    let carrying = paths.iter().filter(|path| path["dormant"].is_null());
    let states: BTreeSet<&str> = carrying.filter_map(|path| path["config"].as_str()).collect();
    if states.is_empty() {
        "dormant"
    } else if states.iter().all(|state| *state == "blocked") {
        "blocked"
    } else if states.contains("unknown") {
        "unknown"
    } else if states.contains("blocked") || states.contains("narrowed") {
        "narrowed"
    } else {
        "open"
    }
}

/// A verdict as the state of a path.
fn word(verdict: &str) -> &'static str {
    match verdict {
        "broken" | "blocked" | "refused" => "blocked",
        "degraded" | "narrowed" => "narrowed",
        "config-ok" | "healthy" | "open" => "open",
        _ => "unknown",
    }
}

/// The paths that an expectation speaks of, and whether none of them has the backend.
fn chosen<'v>(paths: &'v [Value], expected: &Value) -> (Vec<&'v Value>, bool) {
    let mut out: Vec<&Value> = paths.iter().collect();
    let narrowed = |out: &[&'v Value], keep: &dyn Fn(&Value) -> bool| {
        let kept: Vec<&Value> = out.iter().copied().filter(|path| keep(path)).collect();
        if kept.is_empty() { out.to_vec() } else { kept }
    };
    if let Some(host) = expected["host"].as_str() {
        out = narrowed(&out, &|path| path["host"] == host);
    }
    let plain = |path: &str| match path.trim_end_matches('/') {
        "" => "/".to_owned(),
        rest => rest.to_owned(),
    };
    if let Some(wanted) = expected["path"].as_str() {
        out = narrowed(&out, &|path| {
            let text = path["match"].as_str().unwrap_or_default();
            plain(text.rsplit(' ').next().unwrap_or_default()) == plain(wanted)
        });
    }
    let backend = &expected["backend"];
    if backend.is_null() || expected["redirect"] == true {
        return (out, false);
    }
    let mut same: Vec<&Value> = out.clone();
    same.retain(|path| path["backend"]["name"] == backend["name"]);
    if same.is_empty() {
        return (out, true);
    }
    if !backend["port"].is_null() {
        let port = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        same = narrowed(&same, &|path| port(&path["backend"]["port"]) == port(&backend["port"]));
    }
    (same, false)
}
