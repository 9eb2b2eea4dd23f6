//! From a pod's log to observations, or to the reason why there are none.

use kubereach_prober::Observations;
use kubereach_prober::envelope::EnvelopeError;

use super::trouble::Trouble;
use crate::cluster::CallError;
use kubereach_prober::collect;

/// Bytes of a log that are asked for: a result of 500 targets is a few megabytes, and nodes keep ten by default.
pub(super) const MOST: u64 = 64 << 20;

/// The observations of this run in a log, whole and as they were printed.
pub(super) fn take(log: &[u8], run: &str, plan: &str) -> Result<(Observations, Vec<String>), (Trouble, String)> {
    let log = String::from_utf8_lossy(log);
    if log.trim().is_empty() {
        return Err((Trouble::LogEmpty, String::new()));
    }
    let mut worst = None;
    for result in collect::results(&log) {
        match result {
            Ok(read) if read.observations.run.as_deref() == Some(run) && read.observations.plan == plan => {
                return Ok((read.observations, read.problems));
            }
            Ok(read) => {
                let other = read.observations.run.unwrap_or_else(|| "without a name".to_owned());
                worst = worst.or(Some((Trouble::OtherRun, other)));
            }
            Err(error) => worst = Some((of_envelope(&error), error.to_string())),
        }
    }
    // Without a marker it is nothing of the prober's; the last line mostly says what it is.
    Err(worst.unwrap_or_else(|| {
        let last = log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        (Trouble::LogForeign, format!("last line: {last}"))
    }))
}

fn of_envelope(error: &EnvelopeError) -> Trouble {
    match error {
        EnvelopeError::Cut { .. } => Trouble::LogCut,
        EnvelopeError::Damaged { .. } => Trouble::LogDamaged,
        EnvelopeError::Document { .. } => Trouble::LogVersion,
    }
}

/// Why a log could not be fetched.
pub(super) fn of_fetch(error: &CallError) -> Trouble {
    match error {
        CallError::Forbidden(_) => Trouble::LogRefused,
        CallError::Unauthorized(_) => Trouble::Credentials,
        CallError::NotFound(_) | CallError::Status { status: 400, .. } => Trouble::LogGone,
        CallError::Deadline => Trouble::TimedOut,
        _ => Trouble::LogUnreachable,
    }
}
