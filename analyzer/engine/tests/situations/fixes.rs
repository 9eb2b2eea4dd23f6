//! Repairs that a situation expects: all that are offered, with what they change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use kubereach_engine::fix::{Limits, offer};
use kubereach_engine::{AnalysisOptions, analyze_intake};
use kubereach_intake::{self as intake, progress::Silent};
use kubereach_reports::report::Fix;
use kubereach_testkit::situations::inputs;
use serde::Deserialize;

/// One repair.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct WantedFix {
    /// The code of the finding that it mends.
    code: String,
    /// `Kind/namespace/name`.
    object: String,
    diff: Vec<String>,
    /// `before -> after` by subject.
    better: BTreeMap<String, String>,
    /// Who makes the object; then there is no command.
    #[serde(default)]
    change_at: String,
}

/// Compares what is offered with what is expected, whole.
pub(crate) fn compare(folder: &Path, options: &AnalysisOptions, wanted: &[WantedFix], errors: &mut Vec<String>) {
    let read = match intake::read(&inputs(folder), &options.intake, &Silent) {
        Ok(read) => read,
        Err(error) => return errors.push(format!("could not be read: {error}")),
    };
    let mut report = analyze_intake(&read, options);
    offer(&mut report, &read, &options.intake, Limits::USUAL);
    let offered: Vec<(&str, &Fix)> =
        report.findings.iter().filter_map(|f| Some((f.code.as_str(), f.fix.as_deref()?))).collect();
    let mut told: BTreeSet<usize> = BTreeSet::new();
    for (code, fix) in offered {
        let found = shown(code, fix);
        match wanted.iter().position(|wanted| *wanted == found) {
            Some(place) => {
                told.insert(place);
            }
            None => errors.push(format!("not expected: {found:#?}")),
        }
        if fix.kubectl.is_empty() == fix.change_at.is_empty() || !fix.verified || fix.better != fix.changes.len() {
            errors.push(format!("{}: command, verification or count are wrong", fix.summary));
        }
    }
    for (n, missing) in wanted.iter().enumerate().filter(|(n, _)| !told.contains(n)) {
        errors.push(format!("fix {n} is not offered: {missing:#?}"));
    }
}

fn shown(code: &str, fix: &Fix) -> WantedFix {
    let better = fix.changes.iter().map(|change| {
        let name = format!("{}/{}/{}", change.kind, change.namespace, change.name);
        (name, format!("{} -> {}", change.before, change.after))
    });
    WantedFix {
        code: code.to_owned(),
        object: fix.object.to_string(),
        diff: fix.diff.clone(),
        better: better.collect(),
        change_at: fix.change_at.clone(),
    }
}
