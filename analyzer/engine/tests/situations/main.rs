//! Every folder of `fixtures/` is a situation: what goes in and what must come out (`fixtures/README.md`). Each is a
//! test of its own, named after its folder: `cargo test -p kubereach-engine --test situations service::` runs those of
//! `fixtures/service`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../common/mod.rs"]
mod common;
mod fixes;
mod less;
mod questions;
mod requests;
mod root_causes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use common::situation;
use kubereach_reports::report::{Effect, Report, Subject};
use kubereach_testkit::measured;
use kubereach_testkit::situations::{expect, folders, name};
use libtest_mimic::{Arguments, Failed, Trial};
use questions::{Question, ask};
use root_causes::WantedCause;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    says: String,
    #[allow(dead_code, reason = "for readers of the fixture")]
    source: Option<String>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    subjects: BTreeMap<String, Wanted>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    coverage: Vec<WantedCoverage>,
    #[serde(default)]
    problems: Vec<String>,
    /// The command ends with "nothing could be analyzed" and these words.
    fails: Option<String>,
    /// What `kubereach can` has to answer.
    #[serde(default)]
    questions: Vec<Question>,
    /// What `kubereach request` has to answer.
    #[serde(default)]
    requests: Vec<requests::Asked>,
    /// Words of targets that match no path.
    #[serde(default)]
    unmatched: Vec<String>,
    /// Layouts the inputs must be recognized as.
    #[serde(default)]
    layouts: Vec<String>,
    /// What the comparison must say (`on_top_of/` or `before/` beside `input/`).
    change: Option<WantedChange>,
    /// Places some finding must have: `file.yaml:line:column`.
    #[serde(default)]
    places: Vec<String>,
    /// Every root cause, in order; of its subjects none needs a line above.
    #[serde(default)]
    causes: Vec<WantedCause>,
    /// Facts that the inventory must tell of an input.
    #[serde(default)]
    facts: Vec<String>,
    /// Exactly the repairs that are proved and offered.
    fixes: Option<Vec<fixes::WantedFix>>,
}

/// Codes by subject; subjects that are not named must not be there.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WantedChange {
    introduced: BTreeMap<String, BTreeSet<String>>,
    fixed: BTreeMap<String, BTreeSet<String>>,
    newly_seen: BTreeMap<String, BTreeSet<String>>,
    no_longer_seen: BTreeMap<String, BTreeSet<String>>,
    causes: BTreeSet<String>,
    /// How what is said of an object begins.
    notes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    verdict: String,
    broken_at: Option<String>,
    unknown_class: Option<String>,
    #[serde(default)]
    codes: Option<BTreeSet<String>>,
    #[serde(default)]
    notes: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    dormant: Option<usize>,
    #[serde(default)]
    headline: Vec<String>,
    command: Option<String>,
    #[serde(default)]
    entry_problems: Vec<String>,
    /// What was measured of it.
    traffic: Option<String>,
    /// Its paths by readable name.
    #[serde(default)]
    paths: BTreeMap<String, WantedPath>,
    /// Words of what the measurements do not prove.
    #[serde(default)]
    not_proved: Vec<String>,
    /// Words of the next test.
    next_test: Option<String>,
    /// Codes of exactly the assumptions on which its verdict rests.
    assumes: Option<BTreeSet<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedPath {
    outcome: Option<String>,
    confidence: Option<String>,
    config: Option<String>,
    effective: Option<String>,
    /// By vantage word: its outcome, or `none`.
    #[serde(default)]
    rows: BTreeMap<String, String>,
    failed_layer: Option<String>,
    failed_segment: Option<String>,
    /// Segments with what was measured of them.
    #[serde(default)]
    measured: BTreeMap<String, String>,
    /// Words of why it was not measured.
    not_measured: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedCoverage {
    kind: String,
    namespace: Option<String>,
    state: String,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // `service/one-of-three-ready` is `service::one-of-three-ready`, as names of tests are written.
    let trials = folders().into_iter().flat_map(|folder| {
        let name = name(&folder).replace('/', "::");
        let less = folder.clone();
        [
            Trial::test(name.clone(), move || done(&judge(&folder))),
            Trial::test(format!("less::{name}"), move || done(&less::more_certain_with_less(&less))),
        ]
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn done(errors: &[String]) -> Result<(), Failed> {
    if errors.is_empty() { Ok(()) } else { Err(Failed::from(errors.join("\n"))) }
}

fn judge(folder: &Path) -> Vec<String> {
    let expect: Expect = match expect(folder) {
        Ok(expect) => expect,
        Err(error) => return vec![error],
    };
    assert!(!expect.says.is_empty());
    let mut options = situation::measured_options(folder, &expect.args);
    options.words = vec!["dump".to_owned()];
    let report = match (situation::report_with(folder, &expect.args, &options), &expect.fails) {
        (Ok(report), None) => report,
        (Err(error), Some(words)) if error.contains(words.as_str()) => return Vec::new(),
        (Err(error), _) => return vec![format!("could not be analyzed: {error}")],
        (Ok(_), Some(words)) => return vec![format!("was analyzed; expected to fail with '{words}'")],
    };
    let mut errors = Vec::new();
    compare(&expect, &report, &mut errors);
    if ["change", "manifests"].iter().any(|part| folder.parent().is_some_and(|p| p.ends_with(part))) {
        every_place(&expect, &report, &mut errors);
    }
    laws(&report, &mut errors);
    ask(folder, &expect.args, &expect.questions, &mut errors);
    requests::ask(folder, &expect.args, &expect.requests, &mut errors);
    if let Some(wanted) = &expect.fixes {
        fixes::compare(folder, &options, wanted, &mut errors);
    }
    errors
}

fn compare(expect: &Expect, report: &Report, errors: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for subject in &report.subjects {
        let name = format!("{}/{}/{}", subject.kind, subject.namespace, subject.name);
        let name = subject.cluster.as_ref().map_or(name.clone(), |cluster| format!("{cluster}:{name}"));
        match expect.subjects.get(&name) {
            Some(wanted) => compare_subject(&name, wanted, subject, report, errors),
            None if expect.causes.is_empty() && matches!(subject.verdict.word(), "broken" | "degraded") => {
                errors.push(format!("{name}: {} and not expected: {}", subject.verdict, subject.headline));
            }
            None => {}
        }
        seen.insert(name);
    }
    for name in expect.subjects.keys().filter(|name| !seen.contains(*name)) {
        errors.push(format!("{name}: not judged at all; judged: {seen:?}"));
    }
    let text = serde_json::to_string(report).unwrap();
    for word in expect.absent.iter().filter(|word| text.contains(word.as_str())) {
        errors.push(format!("the report must not contain '{word}'"));
    }
    for wanted in &expect.coverage {
        let record = report.snapshot.coverage.iter().find(|c| c.kind == wanted.kind && c.namespace == wanted.namespace);
        let state = record.map_or("no record", |c| c.state.word());
        if state != wanted.state {
            let scope = wanted.namespace.as_deref().unwrap_or("(cluster)");
            errors.push(format!("coverage of {} {scope}: {state}, expected {}", wanted.kind, wanted.state));
        }
    }
    let problems: Vec<String> = report.snapshot.problems.iter().map(|p| format!("{}: {}", p.path, p.message)).collect();
    for words in &expect.problems {
        if !problems.iter().any(|p| p.contains(words.as_str())) {
            errors.push(format!("no problem says '{words}'; problems: {problems:?}"));
        }
    }
    if expect.problems.is_empty() && !problems.is_empty() {
        errors.push(format!("unexpected problems: {problems:?}"));
    }
    let unmatched: Vec<&String> = report.snapshot.observations.iter().flat_map(|o| &o.unmatched).collect();
    if unmatched.len() != expect.unmatched.len()
        || expect.unmatched.iter().any(|words| !unmatched.iter().any(|u| u.contains(words.as_str())))
    {
        errors.push(format!("unmatched targets are {unmatched:?}, expected {:?}", expect.unmatched));
    }
    if let Some(wanted) = &expect.change {
        compare_change(wanted, report, errors);
    }
    root_causes::compare(&expect.causes, report, errors);
    let places: BTreeSet<String> = report
        .findings
        .iter()
        .filter_map(|f| f.location.as_ref())
        .map(|at| format!("{}:{}:{}", at.path.rsplit('/').next().unwrap_or_default(), at.line, at.column))
        .collect();
    for place in expect.places.iter().filter(|place| !places.contains(*place)) {
        errors.push(format!("no finding is at {place}; places: {places:?}"));
    }
    for fact in &expect.facts {
        if !report.snapshot.inputs.iter().flat_map(|i| &i.facts).any(|f| f.contains(fact)) {
            errors.push(format!("no input's facts say '{fact}'"));
        }
    }
    for layout in &expect.layouts {
        if !report.snapshot.inputs.iter().any(|i| &i.layout == layout) {
            let got: Vec<&str> = report.snapshot.inputs.iter().map(|i| i.layout.as_str()).collect();
            errors.push(format!("no input was read as '{layout}'; layouts: {got:?}"));
        }
    }
}

/// Where people look at lines, every place is asserted to the column.
fn every_place(expect: &Expect, report: &Report, errors: &mut Vec<String>) {
    let acting = report.findings.iter().filter(|f| f.effect != Effect::Notes);
    for (finding, at) in acting.filter_map(|f| f.location.as_ref().map(|at| (f, at))) {
        let place = format!("{}:{}:{}", at.path.rsplit('/').next().unwrap_or_default(), at.line, at.column);
        if !expect.places.contains(&place) {
            errors.push(format!("places: {} points at {place}, which is not listed", finding.code));
        }
    }
}

fn compare_change(wanted: &WantedChange, report: &Report, errors: &mut Vec<String>) {
    let Some(change) = &report.change else {
        errors.push("nothing was compared".to_owned());
        return;
    };
    type Rows = fn(&kubereach_reports::report::SubjectChange) -> &Vec<kubereach_reports::report::ProblemChange>;
    let groups: [(&str, Rows, &BTreeMap<String, BTreeSet<String>>); 4] = [
        ("introduced", |s| &s.introduced, &wanted.introduced),
        ("fixed", |s| &s.fixed, &wanted.fixed),
        ("newly_seen", |s| &s.newly_seen, &wanted.newly_seen),
        ("no_longer_seen", |s| &s.no_longer_seen, &wanted.no_longer_seen),
    ];
    for (word, rows, expected) in groups {
        let got: BTreeMap<String, BTreeSet<String>> = change
            .subjects
            .iter()
            .filter(|s| !rows(s).is_empty())
            .map(|s| {
                (format!("{}/{}/{}", s.kind, s.namespace, s.name), rows(s).iter().map(|p| p.code.clone()).collect())
            })
            .collect();
        if got != *expected {
            errors.push(format!("change: {word} is {got:?}, expected {expected:?}"));
        }
    }
    let code = |id: &String| report.findings.iter().find(|f| &f.id == id).map(|f| f.code.clone()).unwrap_or_default();
    let causes: BTreeSet<String> = change.findings.iter().map(code).collect();
    if causes != wanted.causes {
        errors.push(format!("change: causes are {causes:?}, expected {:?}", wanted.causes));
    }
    for (name, beginning) in &wanted.notes {
        let object = change.objects.iter().find(|o| &o.object.to_string() == name);
        let note = object.map_or("nothing", |o| o.note.as_str());
        if !note.starts_with(beginning) {
            errors.push(format!("change: of {name} is said {note:?}, expected {beginning:?} first"));
        }
    }
}

fn compare_subject(name: &str, wanted: &Wanted, subject: &Subject, report: &Report, errors: &mut Vec<String>) {
    let mut differ = |what: &str, got: &str, expected: &str| {
        if got != expected {
            errors.push(format!("{name}: {what} is {got}, expected {expected} — {}", subject.headline));
        }
    };
    differ("verdict", subject.verdict.word(), &wanted.verdict);
    if let Some(segment) = &wanted.broken_at {
        differ("broken_at", subject.broken_at.as_ref().map_or("nothing", |b| b.segment.word()), segment);
    }
    if let Some(class) = &wanted.unknown_class {
        differ("unknown_class", subject.unknown_class.map_or("nothing", |c| c.word()), class);
    }
    let codes = |ids: &[String], notes: bool| -> BTreeSet<String> {
        ids.iter()
            .filter_map(|id| report.findings.iter().find(|f| &f.id == id))
            .filter(|f| (f.effect == Effect::Notes) == notes)
            .map(|f| f.code.clone())
            .collect()
    };
    let effective = codes(&subject.findings, false);
    let notes = codes(&subject.findings, true);
    if let Some(expected) = &wanted.codes
        && *expected != effective
    {
        errors.push(format!("{name}: codes are {effective:?}, expected {expected:?}"));
    }
    for code in wanted.notes.iter().filter(|code| !notes.contains(*code)) {
        errors.push(format!("{name}: no note {code}; notes: {notes:?}"));
    }
    for code in wanted.not.iter().filter(|code| notes.contains(*code) || effective.contains(*code)) {
        errors.push(format!("{name}: {code} must not be there"));
    }
    if let Some(dormant) = wanted.dormant {
        let got = subject.paths.iter().filter(|p| p.dormant).count();
        if got != dormant {
            errors.push(format!("{name}: {got} dormant paths, expected {dormant}"));
        }
    }
    let assumed = subject.assumptions.iter().filter_map(|id| report.assumptions.iter().find(|a| a.id == *id));
    let assumed: BTreeSet<String> = assumed.map(|assumption| assumption.code.clone()).collect();
    if let Some(expected) = &wanted.assumes
        && *expected != assumed
    {
        errors.push(format!("{name}: it assumes {assumed:?}, expected {expected:?}"));
    }
    for words in wanted.headline.iter().filter(|words| !subject.headline.contains(words.as_str())) {
        errors.push(format!("{name}: the headline lacks '{words}': {}", subject.headline));
    }
    if let Some(command) = &wanted.command {
        let got = subject.next.as_ref().and_then(|n| n.command.as_deref()).unwrap_or_default();
        if !got.contains(command.as_str()) {
            errors.push(format!("{name}: the next command is '{got}', expected '{command}'"));
        }
    }
    if let Some(traffic) = &wanted.traffic
        && subject.traffic.word() != traffic
    {
        errors.push(format!("{name}: traffic is {}, expected {traffic}", subject.traffic));
    }
    for (path_name, wanted) in &wanted.paths {
        compare_path(&format!("{name} [{path_name}]"), path_name, wanted, subject, errors);
    }
    for words in &wanted.not_proved {
        let items: Vec<String> = subject.not_proved.iter().map(|i| format!("{}: {}", i.what, i.why)).collect();
        if !items.iter().any(|item| item.contains(words.as_str())) {
            errors.push(format!("{name}: not_proved lacks '{words}': {items:?}"));
        }
    }
    if let Some(words) = &wanted.next_test {
        let got = subject
            .next_test
            .as_ref()
            .map_or_else(String::new, |n| format!("{} {}", n.action, n.command.as_deref().unwrap_or_default()));
        if !got.contains(words.as_str()) {
            errors.push(format!("{name}: the next test is '{got}', expected '{words}'"));
        }
    }
    let entry_codes: BTreeSet<String> =
        codes(&subject.entry_problems, false).union(&codes(&subject.entry_problems, true)).cloned().collect();
    for code in wanted.entry_problems.iter().filter(|code| !entry_codes.contains(*code)) {
        errors.push(format!("{name}: no entry problem {code}; entry problems: {entry_codes:?}"));
    }
}

fn compare_path(name: &str, path_name: &str, wanted: &WantedPath, subject: &Subject, errors: &mut Vec<String>) {
    let Some(path) = subject.paths.iter().find(|p| measured::names(p).iter().any(|n| n == path_name)) else {
        let names: Vec<[String; 2]> = subject.paths.iter().map(measured::names).collect();
        errors.push(format!("{name}: no such path; there are {names:?}"));
        return;
    };
    let mut differ = |what: &str, got: &str, expected: &Option<String>| {
        if let Some(expected) = expected
            && got != expected
        {
            errors.push(format!("{name}: {what} is {got}, expected {expected}"));
        }
    };
    differ("outcome", path.outcome.word(), &wanted.outcome);
    differ("confidence", path.confidence.map_or("none", |c| c.word()), &wanted.confidence);
    differ("config", path.config.word(), &wanted.config);
    differ("effective", path.effective.map_or("none", |e| e.word()), &wanted.effective);
    let first = path.by_vantage.first();
    let layer = first.and_then(|r| r.failed_layer.clone()).unwrap_or_else(|| "none".to_owned());
    differ("failed_layer", &layer, &wanted.failed_layer);
    let segment = path.by_vantage.iter().find_map(|r| r.failed_segment).map_or("none", |s| s.word());
    differ("failed_segment", segment, &wanted.failed_segment);
    for (vantage, expected) in &wanted.rows {
        let row = path.by_vantage.iter().find(|row| &row.vantage == vantage);
        differ(&format!("row {vantage}"), row.map_or("none", |r| r.outcome.word()), &Some(expected.clone()));
    }
    for (segment, expected) in &wanted.measured {
        let got = path.segments.iter().find(|s| s.segment.word() == segment).and_then(|s| s.measured);
        differ(&format!("measured {segment}"), got.map_or("none", |m| m.word()), &Some(expected.clone()));
    }
    if let Some(words) = &wanted.not_measured {
        let reasons: Vec<&str> = path.not_measured.iter().map(|n| n.reason.as_str()).collect();
        if !reasons.iter().any(|reason| reason.contains(words.as_str())) {
            errors.push(format!("{name}: not_measured lacks '{words}': {reasons:?}"));
        }
    }
}

/// What holds for every report whatever went in.
fn laws(report: &Report, errors: &mut Vec<String>) {
    root_causes::laws(report, errors);
    for finding in &report.findings {
        if matches!(finding.effect, Effect::Blocks | Effect::Narrows | Effect::Inconclusive) && finding.basis.is_empty()
        {
            errors.push(format!("{}: {} without a proof or gap", finding.code, finding.effect));
        }
        if finding.command.contains("&&") || finding.command.contains('<') || finding.command.contains('\n') {
            errors.push(format!("{}: the command is not one runnable line: {}", finding.code, finding.command));
        }
    }
    let read: BTreeSet<String> =
        report.subjects.iter().map(|s| format!("{}/{}/{}", s.kind, s.namespace, s.name)).collect();
    // What came from an API server has no line in a file.
    let placed = report.snapshot.inputs.iter().any(|input| input.layout != "kubereach");
    for finding in report.findings.iter().filter(|f| placed && f.location.is_none()) {
        if read.contains(&finding.object.to_string()) {
            errors.push(format!("{}: {} was read and has no location", finding.code, finding.object));
        }
    }
    let ids: BTreeSet<&str> = report.findings.iter().map(|f| f.id.as_str()).collect();
    let assumed: BTreeSet<&str> = report.assumptions.iter().map(|a| a.id.as_str()).collect();
    for subject in &report.subjects {
        let name = format!("{}/{}/{}", subject.kind, subject.namespace, subject.name);
        let mut paths = BTreeSet::new();
        for path in &subject.paths {
            if !paths.insert(&path.id) {
                errors.push(format!("{name}: two paths have the id {}", path.id));
            }
            let folded = path.segments.iter().filter(|s| s.segment.word() != "policy").map(|s| s.state).min();
            if folded.is_some_and(|state| state < path.config) {
                errors.push(format!("{name}: path {} is {} though a segment is {:?}", path.id, path.config, folded));
            }
        }
        let named = subject.findings.iter().chain(&subject.entry_problems);
        let on_segments = subject.paths.iter().flat_map(|p| &p.segments).flat_map(|s| &s.findings);
        for id in named.chain(on_segments).filter(|id| !ids.contains(id.as_str())) {
            errors.push(format!("{name}: names the finding {id}, which is not in the report"));
        }
        let of_paths = subject.paths.iter().flat_map(|p| &p.assumptions);
        let on_segments = subject.paths.iter().flat_map(|p| &p.segments).flat_map(|s| &s.assumptions);
        let named = subject.assumptions.iter().chain(of_paths).chain(on_segments);
        for id in named.filter(|id| !assumed.contains(id.as_str())) {
            errors.push(format!("{name}: names the assumption {id}, which is not in the report"));
        }
        if subject.verdict.word() == "broken" && !subject.assumptions.is_empty() {
            errors.push(format!("{name}: broken on an assumption"));
        }
        let carrying = || subject.paths.iter().filter(|p| !p.dormant);
        let observed = |path: &kubereach_reports::report::Path| {
            path.confidence.is_some_and(|c| c.word() == "real") && matches!(path.outcome.word(), "verified" | "reached")
        };
        if subject.verdict.word() == "healthy" && !(carrying().count() > 0 && carrying().all(observed)) {
            errors.push(format!("{name}: healthy without a measurement of every way"));
        }
        // An answer that any host gets proves the door alone.
        let door = |path: &kubereach_reports::report::Path| {
            let of = |id: &String| {
                report.findings.iter().any(|f| f.id == *id && f.code == "measurement/same-as-unknown-host")
            };
            path.measured.iter().any(of)
        };
        if subject.verdict.word() == "broken" && carrying().any(|path| observed(path) && !door(path)) {
            errors.push(format!("{name}: broken though traffic flows"));
        }
        // Who speaks is named, and is who is quoted.
        let source = report.findings.iter().find(|f| Some(&f.id) == subject.primary.as_ref());
        if source.map_or(!subject.reason.is_empty(), |f| !subject.reason.starts_with(&f.message)) {
            errors.push(format!("{name}: '{}' is not what {source:?} says", subject.reason));
        }
        if subject.headline.is_empty() {
            errors.push(format!("{name}: no headline"));
        }
    }
}
