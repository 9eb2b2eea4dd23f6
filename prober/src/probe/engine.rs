//! The schedule: which target when, and what is left when time is up.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::attempt::{Progress, measure};
use super::clock::{millis, now};
use super::gate::Gate;
use super::options::{Options, Stop};
use super::row;
use super::tls::Roots;
use crate::class::Class;
use crate::observations::{Observations, ResultRow, Vantage};
use crate::plan::{Limits, Plan, Target};

/// What every target of a run shares.
pub(super) struct Engine {
    pub(super) options: Options,
    pub(super) limits: Limits,
    pub(super) gate: Gate,
    pub(super) started: Instant,
    /// The authorities the plan names, and all that are known once a handshake asks for them.
    pems: Vec<String>,
    roots: OnceLock<Roots>,
}

impl Engine {
    /// Milliseconds since the run began.
    pub(super) fn at(&self) -> u64 {
        millis(self.started)
    }

    /// The authorities known here, read when they are first asked for.
    pub(super) fn roots(&self) -> &Roots {
        self.roots.get_or_init(|| Roots::new(&self.pems, self.options.system_roots))
    }

    /// The limit of a layer: its own, never longer than the general one.
    pub(super) fn limit(&self, own_ms: u64) -> Duration {
        Duration::from_millis(own_ms.min(self.limits.timeout_ms).max(1))
    }
}

/// Run a plan. It always comes to an end within `limits.total_ms`, with a row for every target: what
/// was not measured says why.
pub async fn run(plan: &Plan, options: &Options) -> Observations {
    let started_at = now();
    let engine = Arc::new(Engine {
        options: options.clone(),
        limits: plan.limits,
        gate: Gate::new(options.max_connections),
        started: Instant::now(),
        pems: plan.roots.clone(),
        roots: OnceLock::new(),
    });
    let end = tokio::time::Instant::now() + Duration::from_millis(plan.limits.total_ms);
    let places = Arc::new(Semaphore::new(usize::try_from(plan.limits.parallel.clamp(1, 256)).unwrap_or(1)));
    let settled = tokio::time::Instant::now() + Duration::from_millis(plan.limits.settle_ms);

    let mut tasks = JoinSet::new();
    for (index, target) in plan.targets.iter().enumerate() {
        let engine = Arc::clone(&engine);
        let places = Arc::clone(&places);
        let target = target.clone();
        tasks.spawn(async move {
            let work = async |progress: &mut Progress| {
                tokio::time::sleep_until(settled).await;
                // Closed never: the semaphore lives as long as its tasks.
                let _place = places.acquire().await;
                measure(&engine, &target, progress).await;
            };
            let (row, cut) = one(&engine, &target, index, end, work).await;
            (index, row, cut)
        });
    }
    let mut rows: Vec<Option<ResultRow>> = vec![None; plan.targets.len()];
    let mut cut_short = false;
    while let Some(done) = tasks.join_next().await {
        // A task that panicked leaves its place empty; the row below says so.
        if let Ok((index, row, cut)) = done {
            cut_short |= cut;
            if let Some(place) = rows.get_mut(index) {
                *place = Some(row);
            }
        }
    }
    let results = rows
        .into_iter()
        .zip(&plan.targets)
        .map(|(row, target)| {
            row.unwrap_or_else(|| {
                row::not_run(&options.vantage, target, Class::NorunContainer, "the prober failed at this target")
            })
        })
        .collect();
    let observations = Observations::of(plan, options.vantage.clone(), started_at, now(), results);
    Observations { cut_short, ..observations }
}

/// The observations of a run that could not be made from `vantage`: every target of the plan is *not tested*,
/// for this one reason.
pub fn not_run(plan: &Plan, vantage: Vantage, class: Class, why: &str) -> Observations {
    let at = now();
    let results = plan.targets.iter().map(|target| row::not_run(&vantage, target, class, why)).collect();
    Observations::of(plan, vantage, at.clone(), at, results)
}

/// One target, until it is measured, time is up, or the run is ended from outside.
async fn one(
    engine: &Engine,
    target: &Target,
    index: usize,
    end: tokio::time::Instant,
    work: impl AsyncFnOnce(&mut Progress),
) -> (ResultRow, bool) {
    let vantages = &target.vantages;
    let here = engine.options.vantage.kind;
    if index >= engine.options.max_targets {
        return (row::not_run(&engine.options.vantage, target, Class::NorunLimit, "too many targets"), false);
    }
    if !vantages.is_empty() && !vantages.contains(&here) {
        let why = format!("the plan asks for it from elsewhere than {here}");
        return (row::not_run(&engine.options.vantage, target, Class::NorunVantage, &why), false);
    }
    let mut progress = Progress::default();
    let stop = engine.options.stop.clone();
    let pulled = async {
        match stop {
            Some(stop) => Stop::pulled(stop).await,
            None => std::future::pending().await,
        }
    };
    let cut = tokio::select! {
        () = work(&mut progress) => None,
        () = tokio::time::sleep_until(end) => Some("the limit of the run"),
        () = pulled => Some("the run was ended from outside"),
    };
    (row::fold(engine, target, progress, cut), cut.is_some())
}
