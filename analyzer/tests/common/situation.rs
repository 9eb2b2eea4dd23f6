//! A situation's inputs and options, for every test that runs fixtures.
#![allow(dead_code, reason = "every test uses its own part")]

use std::path::{Path, PathBuf};

use kubereach_engine::Options;
use kubereach_engine::analyze;
use kubereach_engine::change::{Prune, analyze_diff, analyze_on_top_of};
use kubereach_intake::progress::Silent;
use kubereach_intake::{self as intake, InputSpec};
use kubereach_model::snapshot::Assumption;
use kubereach_reports::report::Report;

/// The folder of all situations.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// The options of `kubereach check` that a situation asks for.
pub(crate) fn options(args: &[String]) -> Options {
    let mut options = Options::default();
    for arg in args {
        if arg.starts_with("--prune=") {
            continue;
        }
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

/// The report of a situation: `input/` by itself, over the snapshot in `on_top_of/`, or after `before/`.
pub(crate) fn report(folder: &Path, args: &[String]) -> Result<Report, String> {
    report_with(folder, args, &options(args))
}

/// The same with these options, which `args` were read into.
pub(crate) fn report_with(folder: &Path, args: &[String], options: &Options) -> Result<Report, String> {
    let input = inputs(folder);
    let text = |error: &dyn std::fmt::Display| error.to_string();
    if folder.join("on_top_of").is_dir() {
        let read = |inputs: &[InputSpec]| intake::read(inputs, &options.intake, &Silent).map_err(|e| text(&e));
        let prune = args.iter().find_map(|a| a.strip_prefix("--prune=")).map(|s| Prune::parse(s).unwrap());
        let (base, change) = (read(&entries(&folder.join("on_top_of")))?, read(&input)?);
        return analyze_on_top_of(&base, &change, options, prune.as_ref()).map_err(|e| text(&e));
    }
    if folder.join("before").is_dir() {
        let before = entries(&folder.join("before"));
        return analyze_diff(&before[0], &input[0], options, &Silent).map_err(|e| text(&e));
    }
    analyze(&input, options, &Silent).map_err(|e| text(&e))
}

/// Every entry of `input/` is an input of its own, in the order of names.
pub(crate) fn inputs(folder: &Path) -> Vec<InputSpec> {
    entries(&folder.join("input"))
}

fn entries(folder: &Path) -> Vec<InputSpec> {
    let mut inputs: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    inputs.into_iter().map(InputSpec::Path).collect()
}
