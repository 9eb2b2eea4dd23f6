//! The observations files of a report.

use std::collections::BTreeSet;

use kubereach_prober::words::Purpose;
use kubereach_reports::report::{ObservationFile, Problem};

use super::age;
use super::row::{cut, time};
use super::{Document, Merged, Source};
use jiff::Timestamp;

/// Targets named one by one; the rest is counted.
const NAMED: usize = 50;

/// The files with what became of their rows, and what has to be said about them. A document without rows
/// changes nothing and is not listed. `plans` are the digests of the plans this snapshot gives and of itself; empty
/// where they were not made.
pub fn inventory(
    documents: &[Document],
    merged: &[Merged],
    taken: Option<(Timestamp, Timestamp)>,
    plans: &BTreeSet<String>,
) -> (Vec<ObservationFile>, Vec<Problem>) {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let observations = &document.observations;
        let say = |message: String| Problem { path: document.name.clone(), line: None, column: None, message };
        problems.extend(document.problems.iter().map(|problem| say(format!("{problem}; the row is not counted"))));
        if observations.results.is_empty() {
            continue;
        }
        let rows = observations.results.iter().enumerate();
        let (controls, targets): (Vec<_>, Vec<_>) = rows.partition(|(_, row)| row.purpose == Purpose::Control);
        let hit = |row: usize| merged.iter().any(|m| m.matched.contains(&(index, row)));
        let ambiguous = |row: usize| merged.iter().filter(|m| m.matched.contains(&(index, row))).count() > 1;
        let matched = targets.iter().filter(|(row, _)| hit(*row)).count();
        let mut unmatched: Vec<String> = targets
            .iter()
            .filter(|(row, _)| !hit(*row))
            .map(
                |(_, row)| {
                    if row.dial.is_empty() { cut(&row.target) } else { cut(&format!("{} {}", row.target, row.dial)) }
                },
            )
            .collect();
        unmatched.sort();
        unmatched.dedup();
        let count = targets.len() - matched;
        if count > 0 {
            let of = targets.len();
            problems.push(say(format!(
                "{count} of {of} measured targets belong to no path of this snapshot and touch nothing; the plan was made from another one, or the path is gone"
            )));
        }
        if targets.iter().any(|(row, _)| ambiguous(*row)) {
            problems.push(say("the inputs hold several clusters with the same paths; which one was measured is not shown, so those rows touch nothing".to_owned()));
        }
        if unmatched.len() > NAMED {
            let more = unmatched.len() - NAMED;
            unmatched.truncate(NAMED);
            unmatched.push(format!("and {more} more"));
        }
        let plan_matches = (!plans.is_empty() && !observations.plan.is_empty())
            .then(|| plans.contains(&observations.plan) || plans.contains(&observations.snapshot));
        if plan_matches == Some(false) {
            problems.push(say("it was measured with another plan than this snapshot gives; only targets whose path is unchanged are counted".to_owned()));
        }
        files.push(ObservationFile {
            started_at: cut(&observations.started_at),
            finished_at: cut(&observations.finished_at),
            vantage: observations.vantage.kind.word().to_owned(),
            source: Source::of(&observations.vantage).name,
            path: document.name.clone(),
            digest: document.digest.clone(),
            prober: cut(&observations.prober.version),
            plan: cut(&observations.plan),
            plan_matches,
            results: observations.results.len(),
            matched,
            controls: controls.len(),
            unmatched,
            age: age::against(taken, time(&observations.started_at)),
            cut_short: observations.cut_short,
        });
    }
    files.sort();
    (files, problems)
}
