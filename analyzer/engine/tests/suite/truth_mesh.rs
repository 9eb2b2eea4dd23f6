//! Policies of Istio and Linkerd against what their makers' tests and another analyzer expect. No decided answer is
//! wrong; what is undecided is counted by its named reason.

use crate::policy_rows::{agrees, decide};

/// No decided answer is wrong, and of all of them at most one in twenty is undecided, with a reason.
#[track_caller]
fn agree(names: &[&str]) {
    let (mut right, mut undecided) = (0, 0);
    for name in names {
        let figures = agrees(name);
        right += figures.right;
        undecided += figures.undecided();
    }
    decide(&names.join(", "), right, undecided);
}

#[test]
fn what_the_makers_of_istio_test_agrees() {
    agree(&[
        "istio-ambient",
        "istio-ambient-convert",
        "istio-authz",
        "istio-authz-builder",
        "istio-docs",
        "istio-peerauthn-compose",
        "istio-reachability",
    ]);
}

#[test]
fn what_the_makers_of_linkerd_test_agrees() {
    agree(&["linkerd-default-policy", "linkerd-e2e", "linkerd-index"]);
}

#[test]
fn what_another_analyzer_expects_of_istio_agrees() {
    agree(&["nca-istio"]);
}
