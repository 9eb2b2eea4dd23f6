//! `--via apiserver`: the API server as a vantage, in one go with a live read or for a plan.

use clap::ValueEnum;
use kubereach::intake::Intake;
use kubereach::live::{self, RelayOptions, Target};
use kubereach::observation::{self, Document, ObservationInput, ObservationLimits};
use kubereach::{Filter, plan, plan_snapshot};
use kubereach_prober::probe::{Stop, StopHandle};

use super::Failure;

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
        let seen = interruptible(|stop| live::relay(target, &plan, RelayOptions { stop, ..RelayOptions::default() }))?;
        let json = serde_json::to_vec(&seen).map_err(|error| Failure::Output(error.into()))?;
        inputs.push(ObservationInput::Bytes("via apiserver".to_owned(), json));
    }
    observation::read(&inputs, ObservationLimits::default()).map_err(|error| Failure::Nothing(error.to_string()))
}

/// Runs something that Ctrl-C ends early; what was measured by then is kept.
pub(super) fn interruptible<T, E>(work: impl FnOnce(Option<Stop>) -> Result<T, E>) -> Result<T, E> {
    let (handle, stop) = Stop::new();
    let signals = listen(handle);
    let result = work(Some(stop));
    if let Some(signals) = signals {
        signals.shutdown_background();
    }
    result
}

/// Pulls the handle at Ctrl-C. Without signals the work ends by its own limit.
fn listen(handle: StopHandle) -> Option<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().ok()?;
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            handle.pull();
        } else {
            std::future::pending::<()>().await;
        }
    });
    Some(runtime)
}
