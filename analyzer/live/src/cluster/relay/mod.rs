//! The API server as a vantage (`--via apiserver`): it is asked to relay the plan's GETs to Services
//! (`services/proxy`) and pods (`pods/proxy`).
//!
//! It localizes and never judges: the requests begin at the control plane, past kube-proxy, the clients'
//! network policies and the mesh, so that what they meet is not what clients meet
//! (`docs/semantics/measurement.md#the-api-servers-relay-decides-no-verdict`). An answer
//! shows that a process answers; a failure shows that the control plane does not get there.
//!
//! Only what the plan names, over HTTP, with GET or HEAD, is relayed; no header of the plan, no credentials and no
//! body are; redirects are not followed; of an answer 64 KiB are looked at. The API server takes the caller's
//! credentials off before it relays. The target sees the API server's host name, not its own.

mod place;
mod row;
mod table;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use kubereach_prober::class::Class;
use kubereach_prober::observations::{ResultRow, Vantage};
use kubereach_prober::plan::Target as Dial;
use kubereach_prober::probe::Stop;
use kubereach_prober::words::VantageKind;
use kubereach_prober::{Observations, Plan};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::LiveError;
use super::client::Reader;
use super::connect::Target;
use super::read::{block_on, reader};

pub(crate) use place::Place;

/// Requests at a time, whatever a plan says: an API server has other things to do.
const MOST_PARALLEL: u32 = 4;

/// How a plan is relayed.
#[derive(Debug, Clone, Default)]
pub struct RelayOptions {
    /// For all of it; the plan's own limit if absent.
    pub total: Option<Duration>,
    /// Targets at most; all if absent.
    pub max_targets: Option<usize>,
    /// Ends it early; what was measured by then is kept.
    pub stop: Option<Stop>,
}

/// Has the API server relay what a plan asks for. A row for every target: what was not relayed says why.
pub fn relay(target: &Target, plan: &Plan, options: RelayOptions) -> Result<Observations, LiveError> {
    let total = options.total.unwrap_or(Duration::from_millis(plan.limits.total_ms));
    block_on(async {
        let connection = target.connect()?;
        let parallel = usize::try_from(plan.limits.parallel.clamp(1, MOST_PARALLEL)).unwrap_or(1);
        let reader = reader(&connection, parallel, total).await?;
        Ok(run(&reader, plan, total, options).await)
    })?
}

/// What somebody has to be granted for a plan to be relayed: subresources by namespace, each with `get`.
pub fn grants(plan: &Plan) -> BTreeMap<String, Vec<&'static str>> {
    place::grants(plan.targets.iter())
}

async fn run(reader: &Reader, plan: &Plan, total: Duration, options: RelayOptions) -> Observations {
    let started_at = now();
    let end = Instant::now() + total;
    let within = Duration::from_millis(plan.limits.timeout_ms.max(1));
    let most = options.max_targets.unwrap_or(usize::MAX);
    // One object gets one request at a time.
    let mut gates: HashMap<String, Arc<Mutex<()>>> = HashMap::new();
    let mut tasks = JoinSet::new();
    let mut rows: Vec<Option<ResultRow>> = vec![None; plan.targets.len()];
    for (index, dial) in plan.targets.iter().enumerate() {
        let question =
            if index < most { place::place(dial) } else { Err((Class::NorunLimit, "too many targets".to_owned())) };
        let place = match question {
            Ok(place) => place,
            Err(refusal) => {
                if let Some(slot) = rows.get_mut(index) {
                    *slot = Some(row::refused(dial, refusal));
                }
                continue;
            }
        };
        let object = dial.relay.as_ref().map(|r| format!("{}/{}/{}", r.resource, r.namespace, r.name));
        let gate = Arc::clone(gates.entry(object.unwrap_or_default()).or_default());
        let (reader, dial) = (reader.clone(), dial.clone());
        tasks.spawn(async move {
            let _turn = gate.lock().await;
            (index, one(&reader, &dial, &place, within).await)
        });
    }
    let pulled = async {
        match options.stop {
            Some(stop) => stop.pulled().await,
            None => std::future::pending().await,
        }
    };
    let cut_short = tokio::select! {
        () = collect(&mut tasks, &mut rows) => false,
        () = tokio::time::sleep_until(end) => true,
        () = pulled => true,
    };
    let results = rows.into_iter().zip(&plan.targets).map(|(row, dial)| {
        row.unwrap_or_else(|| row::refused(dial, (Class::NorunDeadline, "the run ended before".to_owned())))
    });
    let vantage = Vantage::new(VantageKind::Apiserver);
    let observations = Observations::of(plan, vantage, started_at, now(), results.collect());
    Observations { cut_short, ..observations }
}

async fn collect(tasks: &mut JoinSet<(usize, ResultRow)>, rows: &mut [Option<ResultRow>]) {
    while let Some(done) = tasks.join_next().await {
        // A task that fell over leaves its place empty, and that is said.
        if let Ok((index, row)) = done
            && let Some(slot) = rows.get_mut(index)
        {
            *slot = Some(row);
        }
    }
}

async fn one(reader: &Reader, dial: &Dial, place: &Place, within: Duration) -> ResultRow {
    let (at, began) = (now(), Instant::now());
    let outcome = reader.pass_on(place, within).await;
    row::of(dial, place, outcome, began.elapsed(), at)
}

/// Now, as RFC 3339 with milliseconds.
fn now() -> String {
    let now = jiff::Timestamp::now();
    now.round(jiff::Unit::Millisecond).unwrap_or(now).to_string()
}
