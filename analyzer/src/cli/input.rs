//! From the words of the command line to what the library reads.

use std::io::IsTerminal as _;

use kubereach::intake::progress::{Bar, Progress, Silent};
use kubereach::intake::{InputSpec, IntakeOptions, Limits};
use kubereach::snapshot::Assumption;

use super::Failure;
use super::args::{LimitFlags, Reading, When};

/// The inputs.
pub(super) fn inputs(reading: &Reading) -> Vec<InputSpec> {
    let spec = |path: &std::path::PathBuf| {
        if path.as_os_str() == "-" {
            InputSpec::Stdin { name: reading.stdin_name.clone() }
        } else {
            InputSpec::Path(path.clone())
        }
    };
    reading.inputs.iter().map(spec).collect()
}

/// How to read them.
pub(super) fn options(reading: &Reading) -> Result<IntakeOptions, Failure> {
    let assume = reading
        .assume_complete
        .iter()
        .map(|text| Assumption::parse(text).map_err(|why| Failure::Usage(format!("--assume-complete: {why}"))))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(IntakeOptions {
        assume_complete: assume.into_iter().flatten().collect(),
        default_namespace: reading.default_namespace.clone(),
        limits: limits(&reading.limits),
    })
}

fn limits(flags: &LimitFlags) -> Limits {
    let default = Limits::default();
    Limits {
        member_bytes: flags.max_member_bytes.unwrap_or(default.member_bytes),
        total_bytes: flags.max_total_bytes.unwrap_or(default.total_bytes),
        ratio: flags.max_ratio.unwrap_or(default.ratio),
        members: flags.max_members.unwrap_or(default.members),
        depth: flags.max_depth.unwrap_or(default.depth),
        objects: flags.max_objects.unwrap_or(default.objects),
        ..default
    }
}

/// Runs with a progress bar where a person watches, and removes it afterwards.
pub(super) fn with_progress<R>(reading: &Reading, run: impl FnOnce(&dyn Progress) -> R) -> R {
    if reading.progress == When::Auto && std::io::stderr().is_terminal() {
        let sizes = reading
            .inputs
            .iter()
            .map(|path| std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|m| m.len()));
        let bar = Bar::new(sizes.sum());
        let result = run(&bar);
        bar.finish();
        result
    } else {
        run(&Silent)
    }
}
