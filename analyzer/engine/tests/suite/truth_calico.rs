//! Policies of Calico against what its makers' tests and another analyzer expect. No decided answer is wrong; what is
//! undecided is counted by its named reason.

use crate::policy_rows::{agrees, decide};

#[track_caller]
fn agrees_and_decides(name: &str) {
    let figures = agrees(name);
    decide(name, figures.right, figures.undecided());
}

#[test]
fn what_its_makers_test_agrees() {
    for name in ["calico-conversion", "calico-e2e", "calico-felix-fv", "calico-polprog", "calico-selector"] {
        agrees_and_decides(name);
    }
}

#[test]
fn what_another_analyzer_stores_as_expected_agrees() {
    agrees_and_decides("nca-calico");
}
