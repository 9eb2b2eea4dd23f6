//! `kubereach probe`

use std::io::Write as _;
use std::time::Duration;

use kubereach_live::cluster::{self, RelayOptions};
use kubereach_prober::observations::Vantage;
use kubereach_prober::plan::Part;
use kubereach_prober::probe::{Options, Stop};
use kubereach_prober::words::VantageKind;
use kubereach_prober::{Observations, Plan, run as measure, text};

use super::args::Probe;
use super::via::{Via, interruptible};
use super::{Failure, OK, input, plan};

/// Runs a plan from this machine, or has the API server relay it.
pub(super) fn run(command: &Probe) -> Result<u8, Failure> {
    let whom = &command.whom;
    if command.via.is_none() && (whom.context.is_some() || whom.kubeconfig.is_some() || whom.as_user.is_some()) {
        let words =
            "a probe from this machine asks no cluster: --context, --kubeconfig and --as go with --via apiserver";
        return Err(Failure::Usage(words.to_owned()));
    }
    let mut plan = plan::read(&command.plan)?;
    here(&mut plan, command)?;
    let observations = match command.via {
        Some(Via::Apiserver) => relayed(&plan, command)?,
        None => dialled(&plan, command)?,
    };
    let json = format!("{}\n", serde_json::to_string_pretty(&observations).map_err(|e| Failure::Output(e.into()))?);
    if let Some(path) = &command.output {
        plan::write_file(path, json.as_bytes())?;
    }
    let printed = if command.format == "json" { json } else { text::table(&observations) };
    let mut out = std::io::stdout().lock();
    out.write_all(printed.as_bytes())?;
    out.flush()?;
    Ok(OK)
}

/// Whom the API server relays for.
fn relayed(plan: &Plan, command: &Probe) -> Result<Observations, Failure> {
    let target = input::whom(&command.whom);
    let total = Some(Duration::from_millis(plan.limits.total_ms));
    let max_targets = Some(command.max_targets);
    Ok(interruptible(|stop| cluster::relay(&target, plan, RelayOptions { total, max_targets, stop }))?)
}

fn dialled(plan: &Plan, command: &Probe) -> Result<Observations, Failure> {
    let mut options = Options::new(Vantage::new(VantageKind::Local));
    options.allow.clone_from(&command.allow_address);
    options.max_targets = command.max_targets;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Nothing(format!("the runtime did not start: {error}")))?;
    let observations = runtime.block_on(until_interrupted(plan, options));
    // Nothing of a run that was ended early is worth waiting for.
    runtime.shutdown_timeout(Duration::from_millis(100));
    Ok(observations)
}

/// Nothing has to settle here, and the time may be given; the observations still speak of the plan as it is.
fn here(plan: &mut Plan, command: &Probe) -> Result<(), Failure> {
    let of = plan.answers_for().map_err(|error| Failure::Output(error.into()))?;
    plan.part = Some(Part { of, number: 1, count: 1 });
    plan.limits.settle_ms = 0;
    if let Some(seconds) = command.deadline {
        plan.limits.total_ms = u64::from(seconds) * 1000;
    }
    Ok(())
}

/// Ctrl-C ends the run; what was measured by then is printed.
async fn until_interrupted(plan: &Plan, mut options: Options) -> Observations {
    let (handle, stop) = Stop::new();
    options.stop = Some(stop);
    let signals = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            handle.pull();
        } else {
            // Without signals the run ends by its own limit; the handle has to live until then.
            std::future::pending::<()>().await;
        }
    });
    let observations = measure(plan, &options).await;
    signals.abort();
    observations
}
