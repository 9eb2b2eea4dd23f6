//! A situation's inputs and options, for every test that runs fixtures.

use std::path::{Path, PathBuf};

use kubereach::Options;
use kubereach::intake::InputSpec;
use kubereach::snapshot::Assumption;

/// The folder of all situations.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// The options of `kubereach check` that a situation asks for.
pub(crate) fn options(args: &[String]) -> Options {
    let mut options = Options::default();
    for arg in args {
        let assume = match arg.as_str() {
            "--assume-complete" => Some("*"),
            other => other.strip_prefix("--assume-complete="),
        };
        match (assume, arg.strip_prefix("--default-namespace=")) {
            (Some(text), _) => options.intake.assume_complete.extend(Assumption::parse(text).unwrap()),
            (None, Some(namespace)) => namespace.clone_into(&mut options.intake.default_namespace),
            (None, None) => panic!("expect.yaml: the runner does not know the option {arg}"),
        }
    }
    options
}

/// Every entry of `input/` is an input of its own, in the order of names.
pub(crate) fn inputs(folder: &Path) -> Vec<InputSpec> {
    let mut inputs: Vec<PathBuf> =
        std::fs::read_dir(folder.join("input")).unwrap().map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    inputs.into_iter().map(InputSpec::Path).collect()
}
