//! `--via apiserver`: the API server as a vantage, in one go with a live read or for a plan.

use std::time::Duration;

use clap::ValueEnum;
use kubereach_engine::Filter;
use kubereach_engine::observation::{self, Document, ObservationInput, ObservationLimits};
use kubereach_engine::plan;
use kubereach_engine::plan_snapshot;
use kubereach_intake::Intake;
use kubereach_live::cluster::{self, RelayOptions, Target};
use kubereach_prober::probe::{Stop, StopHandle};

use super::Failure;

/// As shells say it of what SIGINT ended.
const INTERRUPTED: i32 = 130;
/// Time to end by itself.
const GRACE: Duration = Duration::from_millis(500);

/// Through whom it is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Via {
    /// The API server relays: indirect, decides nothing
    Apiserver,
}

/// Measures the paths of what was just read, if that was asked for.
pub(super) fn relayed(
    target: &Target,
    via: Option<Via>,
    intake: &Intake,
    filter: &Filter,
) -> Result<Vec<Document>, Failure> {
    let Some(Via::Apiserver) = via else { return Ok(Vec::new()) };
    let mut inputs = Vec::new();
    for snapshot in &intake.snapshots {
        let plan = plan_snapshot(snapshot, filter, Some(plan::MOST));
        let seen =
            interruptible(|stop| cluster::relay(target, &plan, RelayOptions { stop, ..RelayOptions::default() }))?;
        let json = serde_json::to_vec(&seen).map_err(|error| Failure::Output(error.into()))?;
        inputs.push(ObservationInput::Bytes("via apiserver".to_owned(), json));
    }
    observation::read(&inputs, ObservationLimits::default()).map_err(|error| Failure::Nothing(error.to_string()))
}

/// Runs something that Ctrl-C ends early; what was measured by then is kept. A second Ctrl-C ends all.
pub(super) fn interruptible<T, E>(work: impl FnOnce(Option<Stop>) -> Result<T, E>) -> Result<T, E> {
    until_interrupted(None, work)
}

/// The same for something that may be in the middle of a long read, where nothing is lost: it ends soon after the
/// first Ctrl-C, with this code.
pub(super) fn ending<T, E>(code: u8, work: impl FnOnce(Option<Stop>) -> Result<T, E>) -> Result<T, E> {
    until_interrupted(Some(code), work)
}

fn until_interrupted<T, E>(code: Option<u8>, work: impl FnOnce(Option<Stop>) -> Result<T, E>) -> Result<T, E> {
    let (handle, stop) = Stop::new();
    let signals = listen(handle, code);
    let result = work(Some(stop));
    if let Some(signals) = signals {
        signals.shutdown_background();
    }
    result
}

/// Pulls the handle at Ctrl-C. Without signals the work ends by its own limit.
fn listen(handle: StopHandle, code: Option<u8>) -> Option<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().ok()?;
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        handle.pull();
        let grace = async {
            match code {
                Some(_) => tokio::time::sleep(GRACE).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = grace => std::process::exit(code.map_or(INTERRUPTED, i32::from)),
            _ = tokio::signal::ctrl_c() => std::process::exit(INTERRUPTED),
        }
    });
    Some(runtime)
}
