//! What holds for every repair that is offered, over all situations: as printed it can be run, and done by somebody
//! else it brings what it promises.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use kubereach_engine::change::analyze_on_top_of;
use kubereach_engine::fix::{Limits, offer};
use kubereach_engine::{AnalysisOptions, analyze_intake};
use kubereach_intake::{self as intake, InputSpec, Intake, progress::Silent};
use kubereach_model::snapshot::Snapshot;
use kubereach_reports::report::{ConfigVerdict, Finding, Fix, Report, Subject};
use kubereach_testkit::situations::{expect, folders, inputs};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::common::situation;

#[derive(Deserialize)]
struct Args {
    #[serde(default)]
    args: Vec<String>,
}

/// A situation for which some repair is offered.
struct Mended {
    folder: PathBuf,
    read: Intake,
    options: AnalysisOptions,
    report: Report,
}

/// Every situation for which some repair is offered.
fn mended() -> &'static [Mended] {
    static ALL: OnceLock<Vec<Mended>> = OnceLock::new();
    ALL.get_or_init(|| folders().into_par_iter().filter_map(mend).collect())
}

fn mend(folder: PathBuf) -> Option<Mended> {
    let Args { args } = expect(&folder).ok()?;
    let options = situation::options(&args);
    let read = intake::read(&inputs(&folder), &options.intake, &Silent).ok()?;
    let mut report = analyze_intake(&read, &options);
    offer(&mut report, &read, &options.intake, Limits::USUAL);
    let any = report.findings.iter().any(|finding| finding.fix.is_some());
    any.then_some(Mended { folder, read, options, report })
}

/// Every repair of every situation, once for each finding; how many there are.
fn each_fix(see: &mut dyn FnMut(&Mended, &Finding, &Fix)) -> usize {
    let mut count = 0;
    for mended in mended() {
        for finding in &mended.report.findings {
            if let Some(fix) = &finding.fix {
                see(mended, finding, fix);
                count += 1;
            }
        }
    }
    count
}

/// The words of a command line, split by a shell that runs none of them.
fn words(line: &str) -> Vec<String> {
    let script = format!("kubectl() {{ for word; do printf '%s\\036' \"$word\"; done; cat >&2; }}\n{line}");
    let done = Command::new("sh").arg("-c").arg(script).stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().split_terminator('\u{1e}').map(str::to_owned).collect()
}

/// What a pipe hands to the command.
fn piped(line: &str) -> Value {
    let script = format!("kubectl() {{ cat; }}\n{line}");
    let done = Command::new("sh").arg("-c").arg(script).output().unwrap();
    serde_json::from_slice(&done.stdout).unwrap()
}

/// RFC 6902, for what patches hold, by another hand than that which made them.
fn patched(mut whole: Value, patch: &str) -> Value {
    let steps: Vec<Value> = serde_json::from_str(patch).unwrap();
    for step in steps {
        let text = |key: &str| step[key].as_str().unwrap();
        let path = text("path");
        let (above, last) = path.rsplit_once('/').unwrap();
        let last = last.replace("~1", "/").replace("~0", "~");
        match text("op") {
            "test" => assert_eq!(whole.pointer(path), Some(&step["value"]), "{patch}"),
            "replace" => *whole.pointer_mut(path).unwrap() = step["value"].clone(),
            "remove" => {
                whole.pointer_mut(above).unwrap().as_object_mut().unwrap().remove(&last).unwrap();
            }
            "add" => match whole.pointer_mut(above).unwrap() {
                Value::Array(list) if last == "-" => list.push(step["value"].clone()),
                Value::Object(map) => {
                    assert!(map.insert(last, step["value"].clone()).is_none(), "{patch}");
                }
                other => panic!("{patch} adds to {other}"),
            },
            other => panic!("{other}"),
        }
    }
    whole
}

/// The object of a repair with the repair, from what is printed.
fn object_with(fix: &Fix, read: &Intake) -> (Option<u32>, Value) {
    if fix.creates {
        assert!(fix.kubectl.is_empty() || piped(&fix.kubectl)["metadata"]["name"] == fix.object.name.as_str());
        // The manifest and what the command hands over say the same.
        return (None, piped(&fix.kubectl));
    }
    let origin = read.snapshots.iter().find_map(|snapshot| snapshot.origin_of(&fix.object)).unwrap();
    let whole = read.whole(&[origin]).remove(0).unwrap();
    (Some(origin), patched(whole, &fix.patch))
}

fn spec_of(fix: &Fix, whole: &Value) -> InputSpec {
    let mut whole = whole.clone();
    let snapshot_namespace = fix.object.namespace.clone().unwrap_or_default();
    let meta = whole["metadata"].as_object_mut().unwrap();
    if !snapshot_namespace.is_empty() {
        meta.entry("namespace").or_insert_with(|| snapshot_namespace.into());
    }
    InputSpec::Bytes { name: "repaired.json".to_owned(), bytes: serde_json::to_vec(&whole).unwrap().into() }
}

fn subject<'r>(report: &'r Report, kind: &str, namespace: &str, name: &str, group: Option<&str>) -> &'r Subject {
    let is = |s: &&Subject| s.kind == kind && s.namespace == namespace && s.name == name && s.group.as_deref() == group;
    report.subjects.iter().find(is).unwrap()
}

/// Every subject of `changes` became what they say; every other kept its verdict and its open paths.
fn holds(what: &str, before: &Report, after: &Report, fix: &Fix) {
    assert_eq!(before.subjects.len(), after.subjects.len(), "{what}");
    for old in &before.subjects {
        let new = subject(after, &old.kind, &old.namespace, &old.name, old.group.as_deref());
        let told = fix
            .changes
            .iter()
            .find(|c| (&c.kind, &c.namespace, &c.name, &c.group) == (&old.kind, &old.namespace, &old.name, &old.group));
        let wanted = told.map_or(old.config, |change| change.after);
        assert_eq!(new.config, wanted, "{what}: {} {}/{}: {}", old.kind, old.namespace, old.name, new.headline);
        let closed = |s: &Subject| {
            s.paths.iter().filter(|p| !p.dormant && p.config != kubereach_reports::report::PathState::Open).count()
        };
        assert!(closed(new) <= closed(old), "{what}: {} {}/{}", old.kind, old.namespace, old.name);
    }
}

#[test]
fn every_repair_brings_what_it_promises_and_makes_nothing_worse() {
    let mut from_scratch = 0;
    let count = each_fix(&mut |Mended { folder, read, options, .. }, finding, fix| {
        let what = format!("{}: {} ({})", folder.display(), fix.summary, finding.code);
        assert!(fix.verified && fix.better > 0 && fix.better == fix.changes.len(), "{what}");
        assert!(fix.changes.iter().all(|c| c.before != c.after && c.after != ConfigVerdict::Broken), "{what}");
        let [snapshot] = read.snapshots.as_slice() else { return };
        let unmeasured = AnalysisOptions { observations: Vec::new(), ..options.clone() };
        let before = analyze_intake(read, &unmeasured);
        let (origin, whole) = object_with(fix, read);
        // As a change over what was read.
        let changed = intake::read(&[spec_of(fix, &whole)], &unmeasured.intake, &Silent).unwrap();
        let after = analyze_on_top_of(read, &changed, &unmeasured, None).unwrap();
        holds(&what, &before, &after, fix);
        assert!(!after.findings.iter().any(|f| f.id == finding.id), "{what}: it is still there");
        assert_eq!(after.change.unwrap().counts.introduced, 0, "{what}");
        // Manifests: as if it had been written so from the start.
        if snapshot.is_manifests() {
            let after = from_the_start(read, snapshot, origin, whole, &unmeasured);
            holds(&format!("{what}, from scratch"), &before, &after, fix);
            from_scratch += 1;
        }
    });
    assert!(count > 20, "{count} repairs");
    assert!(from_scratch > 5, "{from_scratch} repairs of manifests");
}

/// Everything that was read, as one list, with the repair in it.
fn from_the_start(
    read: &Intake,
    snapshot: &Snapshot,
    repaired: Option<u32>,
    whole: Value,
    options: &AnalysisOptions,
) -> Report {
    let mut origins: Vec<u32> = Vec::new();
    snapshot.each(&mut |object, _| origins.push(object.origin));
    let wholes = read.whole(&origins);
    let mut items: Vec<Value> = Vec::new();
    for (origin, read) in origins.into_iter().zip(wholes) {
        if Some(origin) != repaired {
            items.extend(read);
        }
    }
    items.push(whole);
    let inputs: Vec<InputSpec> = items
        .iter()
        .enumerate()
        .map(|(n, item)| InputSpec::Bytes {
            name: format!("{n}.json"),
            bytes: serde_json::to_vec(item).unwrap().into(),
        })
        .collect();
    analyze_intake(&intake::read(&inputs, &options.intake, &Silent).unwrap(), options)
}

#[test]
fn every_command_is_one_command_for_a_shell() {
    let count = each_fix(&mut |Mended { folder, .. }, _, fix| {
        let what = format!("{}: {}", folder.display(), fix.kubectl);
        if fix.kubectl.is_empty() {
            assert!(!fix.change_at.is_empty(), "{}", fix.summary);
            return;
        }
        let words = words(&fix.kubectl);
        let name = fix.object.name.as_str();
        if fix.creates {
            assert_eq!(words, ["apply", "-f", "-"], "{what}");
            return;
        }
        assert_eq!((words[0].as_str(), words[2].as_str()), ("patch", name), "{what}");
        let at = words.iter().position(|word| word == "-p").unwrap();
        let (told, shown): (Value, Value) =
            (serde_json::from_str(&words[at + 1]).unwrap(), serde_json::from_str(&fix.patch).unwrap());
        assert_eq!(told, shown, "{what}");
        let namespace = words.iter().position(|word| word == "-n").map(|at| words[at + 1].as_str());
        assert_eq!(namespace, fix.object.namespace.as_deref(), "{what}");
    });
    assert!(count > 20, "{count} repairs");
}

/// Where kubectl is installed, it takes the patch, and makes of the object what was judged.
#[test]
fn kubectl_makes_of_the_object_what_was_judged() {
    if !Command::new("kubectl").arg("version").arg("--client").output().is_ok_and(|done| done.status.success()) {
        return;
    }
    let folder = std::env::temp_dir().join(format!("kubereach-fixes-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("object.json");
    let mut seen = BTreeSet::new();
    each_fix(&mut |Mended { folder: situation, read, .. }, _, fix| {
        if fix.creates || fix.kubectl.is_empty() || !seen.insert((fix.patch.clone(), situation.clone())) {
            return;
        }
        let origin = read.snapshots.iter().find_map(|snapshot| snapshot.origin_of(&fix.object)).unwrap();
        let whole = read.whole(&[origin]).remove(0).unwrap();
        std::fs::write(&file, serde_json::to_vec(&whole).unwrap()).unwrap();
        let words = words(&fix.kubectl);
        let patch = &words[words.iter().position(|word| word == "-p").unwrap() + 1];
        let made = Command::new("kubectl")
            .args(["patch", "--local", "-o", "json", "--type=json", "-p", patch, "-f"])
            .arg(&file)
            .output()
            .unwrap();
        let what = format!("{}: {}", situation.display(), String::from_utf8_lossy(&made.stderr));
        assert!(made.status.success(), "{what}");
        let made: Value = serde_json::from_slice(&made.stdout).unwrap();
        let judged = patched(whole, &fix.patch);
        for field in ["/spec/selector", "/spec/ingressClassName", "/spec/ports", "/spec/rules", "/spec/parentRefs"] {
            let (made, judged) = (made.pointer(field), judged.pointer(field));
            // kubectl fills nothing in, but may leave empty fields out.
            assert_eq!(made.map(Value::to_string), judged.map(Value::to_string), "{what} {field}");
        }
    });
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(seen.len() > 15, "{} repairs", seen.len());
}

/// A cap by cost: nothing is proved where there is no room for it.
#[test]
fn nothing_is_proved_beyond_the_limits() {
    let mut capped = 0;
    each_fix(&mut |Mended { read, options, .. }, _, _| {
        for limits in [Limits { patches: 0, ..Limits::ASKED }, Limits { objects: 1, ..Limits::ASKED }] {
            let mut report = analyze_intake(read, options);
            offer(&mut report, read, &options.intake, limits);
            assert!(report.findings.iter().all(|finding| finding.fix.is_none()));
            capped += 1;
        }
    });
    assert!(capped > 20);
}

/// No repair where what was read is masked or no more than a part.
#[test]
fn what_is_masked_is_in_no_patch() {
    let cluster = include_str!("../../../../fixtures/fix/selector-typo/input/cluster.yaml");
    let offered = |text: &str| {
        let options = situation::options(&["--assume-complete".to_owned()]);
        let input = InputSpec::Bytes { name: "cluster.yaml".to_owned(), bytes: text.as_bytes().to_vec().into() };
        let read = intake::read(&[input], &options.intake, &Silent).unwrap();
        let mut report = analyze_intake(&read, &options);
        offer(&mut report, &read, &options.intake, Limits::USUAL);
        report.findings.iter().filter(|finding| finding.fix.is_some()).count()
    };
    assert_eq!(offered(cluster), 1);
    assert_eq!(offered(&cluster.replace("crat", "***HIDDEN***")), 0);
    assert_eq!(offered(&cluster.replace("app: cart}", "app: ghp_1234567890abcdefghijABCDEFGHIJ123456}")), 0);
}
