//! One wrong line in manifests that were right trips the gate; `tests/mutations/run` says what does not, and why.

use std::io::ErrorKind;
use std::process::Command;

use kubereach_testkit::repository;

use crate::program::PROGRAM;

#[test]
fn the_gate_catches_as_many_single_wrong_lines_as_before() {
    let script = repository().join("tests/mutations/run");
    let run = match Command::new("python3").arg(script).args(["--program", PROGRAM]).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            println!("not run: there is no python3");
            return;
        }
        run => run.unwrap(),
    };
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}");
    let last = said.lines().last().unwrap_or_default();
    let numbers: Vec<u32> = last.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    let [mistakes, kinds, .., percent] = numbers.as_slice() else { panic!("{said}") };
    assert!(*mistakes >= 200 && *kinds >= 15 && *percent >= 85, "{said}");
}
