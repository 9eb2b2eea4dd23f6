//! All Jobs of a run, from their creation until nothing of them is left.

use std::time::Duration;

use kubereach_prober::observations::Vantage;
use kubereach_prober::plan::Part;
use kubereach_prober::probe::{self, StopHandle};
use kubereach_prober::words::VantageKind;
use kubereach_prober::{Observations, Plan};
use tokio::time::Instant;

use super::prober_pod::{Ending, ProberPod};
use super::stop::Stop;
use super::trouble::Trouble;
use super::writer::Writer;
use super::{Ask, Done, Failure, PARALLEL, Prepared, Ready};
use crate::cluster::{LiveError, Reader, block_on};

/// The first pause between two looks; it grows to the longest.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(2);
/// Time for an answer to a creation, once the run is asked to end.
const ANSWER: Duration = Duration::from_secs(5);
/// Time for deleting, whatever time the run had.
const SWEEP: Duration = Duration::from_secs(30);

/// Runs what was prepared. Returns when every Job has ended, time is over, or the run was asked to end; in each
/// case what was created is deleted first.
pub fn execute(ask: &Ask, prepared: Prepared, progress: &(dyn Fn(&str) + Sync)) -> Result<Done, LiveError> {
    block_on(async {
        let stop = Stop::listen(ask.stop.clone());
        let connection = ask.target.connect()?;
        let deadline = Instant::from_std(ask.deadline);
        let reader = Reader::new(connection.client()?, 4, deadline);
        let writer = Writer::new(connection.client()?, deadline);
        let sweeper = connection.client()?;
        let here = prepared.local.map(|plan| Here::start(plan, deadline));

        let mut done = Done::default();
        let mut prober_pods = Vec::new();
        let mut names = Vec::new();
        for (index, ready) in prepared.vantages.into_iter().enumerate() {
            names.push(ready.from.clone());
            prober_pods.extend(of_vantage(index, ready, &mut done));
        }
        let mut run = Drive { ask, prober_pods, reader, writer, stop: stop.clone(), left: Vec::new() };
        let end = run.drive(deadline, progress).await;
        progress("deleting what was created");
        run.sweep(Writer::new(sweeper, Instant::now() + SWEEP)).await;
        done.left = run.left;
        done.interrupted = end == Some(Trouble::Interrupted);
        for prober_pod in run.prober_pods {
            settle(prober_pod, &names, &mut done);
        }
        if let Some(here) = here {
            let observations = here.finish(end.is_some(), &stop).await;
            done.measured |= !observations.results.is_empty();
            done.observations.push(("measured from this machine".to_owned(), observations));
        }
        done.failures.sort_by(|a, b| (&a.from, a.trouble, &a.detail).cmp(&(&b.from, b.trouble, &b.detail)));
        done.failures.dedup_by(|a, b| (&a.from, a.trouble, &a.detail) == (&b.from, b.trouble, &b.detail));
        Ok(done)
    })?
}

/// The Jobs of a vantage; none where it is known beforehand that they would measure nothing.
fn of_vantage(index: usize, ready: Ready, done: &mut Done) -> Vec<ProberPod> {
    let prober_pods: Vec<ProberPod> =
        ready.manifests.runs.into_iter().filter_map(|run| ProberPod::new(index, ready.identity.clone(), run)).collect();
    let Some((trouble, detail)) = ready.blocked else { return prober_pods };
    for prober_pod in &prober_pods {
        done.observations.push(not_run(prober_pod, trouble, &detail));
    }
    done.failures.push(Failure { from: ready.from, trouble, detail });
    Vec::new()
}

fn not_run(prober_pod: &ProberPod, trouble: Trouble, detail: &str) -> (String, Observations) {
    let why = trouble.words(detail);
    let observations = probe::not_run(&prober_pod.part, prober_pod.identity.clone(), trouble.row().class, &why);
    (prober_pod.name().to_owned(), observations)
}

fn settle(prober_pod: ProberPod, names: &[String], done: &mut Done) {
    let from = names.get(prober_pod.vantage).cloned().unwrap_or_default();
    let name = prober_pod.name().to_owned();
    let (part, identity) = (prober_pod.part.clone(), prober_pod.identity.clone());
    match prober_pod.into_ending() {
        Ending::Measured(observations, remarks) => {
            done.measured = true;
            done.remarks.extend(remarks);
            done.observations.push((name, *observations));
        }
        Ending::Not(trouble, detail) => {
            let why = trouble.words(&detail);
            done.observations.push((name, probe::not_run(&part, identity, trouble.row().class, &why)));
            done.failures.push(Failure { from, trouble, detail });
        }
    }
}

struct Drive<'a> {
    ask: &'a Ask,
    prober_pods: Vec<ProberPod>,
    reader: Reader,
    writer: Writer,
    stop: Stop,
    left: Vec<(super::Ours, String)>,
}

impl Drive<'_> {
    /// Until every Job has ended; why that was not waited for.
    async fn drive(&mut self, deadline: Instant, progress: &(dyn Fn(&str) + Sync)) -> Option<Trouble> {
        let mut pause = PAUSE;
        let end = loop {
            if self.stop.is_pulled() {
                break Trouble::Interrupted;
            }
            if Instant::now() >= deadline {
                break Trouble::TimedOut;
            }
            if self.begin().await {
                pause = PAUSE;
            }
            let stop = self.stop.clone();
            let asked = stop.pulled(1);
            tokio::pin!(asked);
            tokio::select! {
                () = &mut asked => break Trouble::Interrupted,
                () = tokio::time::sleep_until(deadline) => break Trouble::TimedOut,
                () = self.look() => {}
            }
            let says: Vec<String> = self.prober_pods.iter().filter_map(ProberPod::says).collect();
            progress(&says.join("  "));
            if self.prober_pods.iter().all(|prober_pod| !prober_pod.is_queued() && !prober_pod.is_active()) {
                return None;
            }
            tokio::select! {
                () = &mut asked => break Trouble::Interrupted,
                () = tokio::time::sleep_until(deadline) => break Trouble::TimedOut,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 5 / 4).min(LONGEST);
        };
        for prober_pod in &mut self.prober_pods {
            prober_pod.end(end);
        }
        Some(end)
    }

    /// Creates Jobs while there is room for them.
    async fn begin(&mut self) -> bool {
        let mut begun = false;
        let active = self.prober_pods.iter().filter(|prober_pod| prober_pod.is_active()).count();
        let queued = self.prober_pods.iter_mut().filter(|prober_pod| prober_pod.is_queued());
        for prober_pod in queued.take(PARALLEL.saturating_sub(active)) {
            if self.stop.is_pulled() {
                break;
            }
            prober_pod.touch();
            let create = prober_pod.create(&self.reader, &self.writer);
            tokio::pin!(create);
            // A request that is under way is not taken back: whether it arrived would not be known.
            tokio::select! {
                () = &mut create => {}
                () = self.stop.pulled(1) => {
                    // Late is as good as never: it is deleted either way.
                    let _ = tokio::time::timeout(ANSWER, &mut create).await;
                }
            }
            begun = true;
        }
        begun
    }

    /// Looks at every Job, and deletes those that ended.
    async fn look(&mut self) {
        for prober_pod in &mut self.prober_pods {
            prober_pod.look(&self.reader, self.ask.start).await;
            if prober_pod.is_stale() {
                // What fails here is tried again at the end.
                prober_pod.remove(&self.writer).await;
            }
        }
    }

    /// Deletes whatever is left; a second signal ends this, too.
    async fn sweep(&mut self, writer: Writer) {
        let stop = self.stop.clone();
        let work = async {
            let mut left = Vec::new();
            for prober_pod in &mut self.prober_pods {
                left.extend(prober_pod.remove(&writer).await);
            }
            left
        };
        tokio::select! {
            left = work => self.left = left,
            () = stop.pulled(2) => {
                let remains = self.prober_pods.iter().flat_map(ProberPod::remains);
                self.left = remains.map(|ours| (ours, "the deleting was interrupted".to_owned())).collect();
            }
        }
    }
}

/// A measurement from this machine beside the Jobs.
struct Here {
    handle: StopHandle,
    work: tokio::task::JoinHandle<Observations>,
    plan: Plan,
}

impl Here {
    fn start(mut plan: Plan, deadline: Instant) -> Self {
        let of = plan.answers_for().unwrap_or_default();
        plan.part = Some(Part { of, number: 1, count: 1 });
        // Nothing has to settle here.
        plan.limits.settle_ms = 0;
        let left = deadline.saturating_duration_since(Instant::now()).as_millis();
        plan.limits.total_ms = plan.limits.total_ms.min(u64::try_from(left).unwrap_or(u64::MAX));
        let mut options = probe::Options::new(Vantage::new(VantageKind::Local));
        let (handle, stop) = probe::Stop::new();
        options.stop = Some(stop);
        let own = plan.clone();
        let work = tokio::spawn(async move { probe::run(&own, &options).await });
        Self { handle, work, plan }
    }

    async fn finish(mut self, now: bool, stop: &Stop) -> Observations {
        if !now {
            tokio::select! {
                result = &mut self.work => return result.unwrap_or_else(|_| self.failed()),
                () = stop.pulled(1) => {}
            }
        }
        self.handle.pull();
        match (&mut self.work).await {
            Ok(observations) => observations,
            Err(_) => self.failed(),
        }
    }

    fn failed(&self) -> Observations {
        let vantage = Vantage::new(VantageKind::Local);
        probe::not_run(&self.plan, vantage, kubereach_prober::class::Class::NorunContainer, "the prober failed")
    }
}
