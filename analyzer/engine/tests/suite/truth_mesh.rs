//! Policies of Istio and Linkerd against what their makers' tests and another analyzer expect. No decided answer is
//! wrong; what is undecided is counted by its named reason.

use crate::policy_rows::{agrees, agrees_but, decide};

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

/// What it answers where nobody wrote down what is right. It asks the policies of the mesh about port 15090 too, which
/// is the sidecar's own: Istio's iptables rules do not redirect it (istio/istio `tools/istio-iptables`, excluded inbound
/// ports), so no policy of the mesh is asked, and the connection is allowed.
#[test]
fn what_another_analyzer_computes_differs_by_the_own_port_of_sidecars() {
    let own_port = |row: &serde_json::Value| row["port"] == 15090 && row["allowed"] == false;
    for (name, different) in [("nca-calico-computed", 4), ("nca-istio-computed", 13), ("nca-k8s-computed", 0)] {
        let figures = agrees_but(name, different, own_port);
        decide(name, figures.right, figures.undecided());
    }
}
