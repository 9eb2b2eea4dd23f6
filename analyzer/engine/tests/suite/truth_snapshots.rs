//! Real applications on a real control plane, and their manifests (`tests/truth`): no false alarm, and exactly the
//! endpoints that the truth names are missing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kubereach_engine::AnalysisOptions;
use kubereach_engine::analyze;
use kubereach_intake::InputSpec;
use kubereach_intake::progress::Silent;
use kubereach_model::snapshot::Assumption;
use kubereach_reports::report::{PathState, Report, SegmentName, Verdict};
use kubereach_testkit::truth::truth;
use serde::Deserialize;

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> =
        std::fs::read_dir(of).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    all.sort();
    all
}

fn report(path: PathBuf, whole: bool) -> Report {
    let mut options = AnalysisOptions::default();
    if whole {
        options.intake.assume_complete.push(Assumption { kind: None, namespace: None });
    }
    analyze(&[InputSpec::Path(path)], &options, &Silent).unwrap()
}

fn bad(report: &Report) -> Vec<String> {
    let bad = |v: Verdict| matches!(v, Verdict::Broken | Verdict::Degraded);
    report
        .subjects
        .iter()
        .filter(|s| bad(s.verdict))
        .map(|s| format!("{}/{}/{}: {}", s.kind, s.namespace, s.name, s.headline))
        .collect()
}

#[derive(Deserialize)]
struct Truth {
    services_without_ready_endpoints: Vec<serde_json::Value>,
    service_ports_without_target: Vec<serde_json::Value>,
    pods_not_ready: Vec<serde_json::Value>,
}

/// `namespace/name`, however the truth writes it.
fn name(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        other => {
            let field = |key: &str| other.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
            format!(
                "{}/{}",
                field("namespace"),
                if field("name").is_empty() { field("service") } else { field("name") }
            )
        }
    }
}

#[test]
fn snapshots_of_real_applications() {
    let folder = truth("snapshots");
    let (mut services, mut wrong) = (0, Vec::new());
    let all = folders(&folder);
    for folder in &all {
        let truth: Truth = serde_json::from_slice(&std::fs::read(folder.join("truth.json")).unwrap()).unwrap();
        let expected: BTreeSet<String> = truth
            .services_without_ready_endpoints
            .iter()
            .chain(&truth.service_ports_without_target)
            .map(name)
            .collect();
        let report = report(folder.join("snapshot.yaml"), false);
        services += report.subjects.iter().filter(|s| s.kind == "Service").count();
        let missing: BTreeSet<String> = report
            .subjects
            .iter()
            .filter(|s| s.kind == "Service")
            .filter(|s| {
                let segments = s.paths.iter().flat_map(|p| &p.segments);
                let mut behind = segments.filter(|g| matches!(g.segment, SegmentName::Endpoints | SegmentName::Port));
                behind.any(|g| g.state == PathState::Blocked)
            })
            .map(|s| format!("{}/{}", s.namespace, s.name))
            .collect();
        if missing != expected {
            wrong.push(format!("{}: without endpoints {missing:?}, the truth says {expected:?}", folder.display()));
        }
        if expected.is_empty() && truth.pods_not_ready.is_empty() {
            wrong.extend(bad(&report).into_iter().map(|b| format!("{}: {b}", folder.display())));
        }
    }
    println!("snapshots: {} applications, {services} Services, {} wrong", all.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn manifests_of_real_applications_raise_no_false_alarm() {
    let folder = truth("realworld");
    let mut wrong = Vec::new();
    let all = folders(&folder);
    let mut subjects = 0;
    for folder in &all {
        let report = report(folder.clone(), false);
        subjects += report.subjects.len();
        wrong.extend(bad(&report).into_iter().map(|b| format!("{}: {b}", folder.display())));
    }
    println!("realworld: {} applications, {subjects} subjects, {} false alarms", all.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_public_must_gather_has_endpoints_behind_every_selector() {
    let report = report(truth("bundles").join("must-gather-network-only/must-gather-aws.json"), false);
    let blocked: Vec<&String> =
        report.subjects.iter().filter(|s| s.verdict == Verdict::Broken).map(|s| &s.headline).collect();
    println!("must-gather: {} subjects, {} broken", report.subjects.len(), blocked.len());
    assert!(blocked.is_empty(), "{blocked:?}");
    let without: Vec<&String> = report
        .subjects
        .iter()
        .filter(|s| {
            s.paths
                .iter()
                .flat_map(|p| &p.segments)
                .any(|g| g.segment == SegmentName::Endpoints && g.state == PathState::Blocked)
        })
        .map(|s| &s.name)
        .collect();
    assert!(without.is_empty(), "{without:?}");
}
