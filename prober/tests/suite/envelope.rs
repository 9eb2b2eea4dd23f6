//! Results in logs: found among other lines, refused when cut or changed.

use crate::common;
use kubereach_prober::envelope::{EnvelopeError, extract, wrap};

fn log() -> String {
    format!("starting\n{}done\n", wrap(&common::observations()).unwrap())
}

#[test]
fn a_result_is_found_among_other_lines() {
    let found = extract(&log());
    assert_eq!(found.len(), 1);
    assert_eq!(found.into_iter().next().unwrap().unwrap().observations, common::observations());
    assert_eq!(extract("nothing here\n").len(), 0);
}

#[test]
fn two_results_in_one_log_are_two() {
    assert_eq!(extract(&format!("{}{}", log(), log())).into_iter().flatten().count(), 2);
}

#[test]
fn prefixes_of_log_readers_are_taken_off() {
    let prefixed: String = log().lines().map(|l| format!("[pod/probe-1/prober] {l}\n")).collect();
    assert!(extract(&prefixed)[0].is_ok());
    // Time stamps differ, also in length; Windows line ends come from copying.
    let stamped: String =
        log().lines().enumerate().map(|(i, l)| format!("2026-01-02T03:04:05.{}Z {l}\r\n", i * 37)).collect();
    assert!(extract(&stamped)[0].is_ok());
}

#[test]
fn a_cut_or_changed_result_is_not_a_result() {
    let log = log();
    let cut: String = log.lines().take(20).map(|l| format!("{l}\n")).collect();
    assert!(matches!(extract(&cut)[..], [Err(EnvelopeError::Cut { line: 2 })]));
    let changed = log.replacen("path-1", "path-9", 1);
    assert!(matches!(extract(&changed)[..], [Err(EnvelopeError::Damaged { line: 2 })]));
    let missing = log.replacen("  \"run\": \"run-1\",\n", "", 1);
    assert_ne!(missing, log);
    assert!(matches!(extract(&missing)[..], [Err(EnvelopeError::Damaged { .. })]));
}

#[test]
fn a_result_cut_by_the_next_one_costs_only_itself() {
    let log = log();
    let half: String = log.lines().take(10).map(|l| format!("{l}\n")).collect();
    let found = extract(&format!("{half}{log}"));
    assert!(matches!(found[..], [Err(EnvelopeError::Cut { .. }), Ok(_)]));
}
