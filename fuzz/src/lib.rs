//! What the fuzzer calls, one function for each kind of foreign bytes. The same functions are called by
//! an ordinary test of the prober (`prober/tests/suite/entries.rs`) with the corpus of this crate and
//! mutations of it, so that they run wherever tests do.

use kubereach_prober::{Observations, Plan, envelope, text};

/// A plan: refused, or read; and then it is written, read again and named the same.
pub fn plan(bytes: &[u8]) {
    let Ok(plan) = Plan::parse(bytes) else { return };
    let written = serde_json::to_vec(&plan).expect("a plan that was read can be written");
    let again = Plan::parse(&written).expect("a plan that was written can be read");
    assert_eq!(plan, again);
    assert_eq!(plan.digest().ok(), again.digest().ok());
    for target in &plan.targets {
        assert!(target.span.segments().all(|segment| target.span.contains(segment)));
    }
}

/// Observations: refused, or read as far as they go; what was read is whole, and no text of it acts on
/// a terminal.
pub fn observations(bytes: &[u8]) {
    let Ok(read) = Observations::parse(bytes) else { return };
    let written = serde_json::to_vec(&read.observations).expect("observations that were read can be written");
    let again = Observations::parse(&written).expect("observations that were written can be read");
    assert_eq!(again.observations, read.observations);
    assert!(again.problems.is_empty(), "{:?}", again.problems);
    let table = text::table(&read.observations);
    assert!(table.chars().all(|c| c == '\n' || !c.is_control()), "{table:?}");
}

/// A pod's log: whatever passes its digest is printed and found again.
pub fn envelope(bytes: &[u8]) {
    for found in envelope::extract(&String::from_utf8_lossy(bytes)).into_iter().flatten() {
        let printed = envelope::wrap(&found.observations).expect("observations that were read can be written");
        let again: Vec<_> = envelope::extract(&printed).into_iter().flatten().collect();
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].observations, found.observations);
    }
}
