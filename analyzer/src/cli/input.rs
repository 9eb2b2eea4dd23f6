//! From the words of the command line to what the library reads.

use std::io::IsTerminal as _;

use kubereach::intake::{Bar, InputSpec, IntakeOptions, Limits, NoProgress, Progress};
use kubereach::snapshot::Assumption;

use super::Failure;
use super::args::{Reading, When};

const MIB: u64 = 1024 * 1024;

/// The inputs.
pub fn inputs(reading: &Reading) -> Vec<InputSpec> {
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
pub fn options(reading: &Reading) -> Result<IntakeOptions, Failure> {
    let mut limits = Limits::default();
    let set = |slot: &mut u64, value: Option<u64>, unit: u64| {
        if let Some(value) = value {
            *slot = value.saturating_mul(unit);
        }
    };
    set(&mut limits.member_bytes, reading.max_member, MIB);
    set(&mut limits.total_bytes, reading.max_total, MIB);
    set(&mut limits.ratio, reading.max_ratio, 1);
    set(&mut limits.members, reading.max_members, 1);
    let assume = reading
        .assume_complete
        .iter()
        .map(|text| Assumption::parse(text).map_err(|why| Failure::Usage(format!("--assume-complete: {why}"))))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(IntakeOptions {
        assume_complete: assume.into_iter().flatten().collect(),
        default_namespace: reading.default_namespace.clone(),
        limits,
    })
}

/// A progress bar where a person watches, else nothing.
pub fn progress(reading: &Reading) -> Box<dyn Progress> {
    if reading.progress == When::Auto && std::io::stderr().is_terminal() {
        Box::new(Bar::new())
    } else {
        Box::new(NoProgress)
    }
}
