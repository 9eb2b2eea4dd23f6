//! `kubereach plan` as people read it, pinned.

use kubereach_intake::InputSpec;
use kubereach_testkit::situations::{entries, fixtures};

use crate::program::kubereach;

#[test]
fn plans_as_people_read_them() {
    for name in ["bundles/troubleshoot", "ingress/one-of-three-backends-missing", "service/one-of-three-ready"] {
        let files = entries(&fixtures().join(name).join("input")).into_iter().filter_map(|input| match input {
            InputSpec::Path(path) => Some(path),
            _ => None,
        });
        let run = kubereach().arg("plan").args(files).args(["--format", "text"]).assert().code(0);
        let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
        insta::assert_snapshot!(format!("plan {name}"), text);
    }
}
