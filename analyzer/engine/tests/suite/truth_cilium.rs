//! Policies of Cilium against what its makers' tests and pages expect. No decided answer is wrong; what is undecided is
//! counted by its named reason.

use crate::policy_rows::agrees;

#[test]
fn what_cilium_tests_agrees() {
    for name in ["cilium-connectivity", "cilium-connectivity-main", "cilium-distillery"] {
        assert!(agrees(name).right > 0, "{name}: nothing was decided");
    }
}

#[test]
fn what_ciliums_pages_say_agrees() {
    assert!(agrees("cilium-docs").right > 0, "nothing was decided");
}
