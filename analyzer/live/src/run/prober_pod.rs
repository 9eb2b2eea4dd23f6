//! One Job on its way: created, watched, its log read, deleted.

use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ConfigMap, Event, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kubereach_prober::Observations;
use kubereach_prober::Plan;
use kubereach_prober::observations::Vantage;
use serde::Deserialize;
use tokio::time::Instant;

use super::cleanup;
use super::diagnose::{Seen, Stage, stage};
use super::result::{self, MOST};
use super::trouble::Trouble;
use super::writer::{Kind, Ours, Writer};
use crate::cluster::{Accept, CallError, Reader, escape, path};
use crate::job::{CONTAINER, GRACE_S, INSTANCE, Run};

/// Polls that may fail one after the other; each was retried by itself.
const MISSES: u32 = 2;
/// A log that holds no result may not be written out yet: it is read once more after this.
const AGAIN: Duration = Duration::from_millis(700);
/// Warnings are asked for once a Job has come no further for this long.
const WONDER: Duration = Duration::from_millis(900);

/// How it ended.
#[derive(Debug)]
pub(super) enum Ending {
    /// With a result; what is worth saying of it.
    Measured(Box<Observations>, Vec<String>),
    /// Without one.
    Not(Trouble, String),
}

/// Where it is.
#[derive(Debug)]
enum State {
    Queued,
    Active(Watch),
    Over(Ending),
}

/// What is known of a Job that runs.
#[derive(Debug)]
struct Watch {
    began: Instant,
    /// When the prober was first seen running.
    ran: Option<Instant>,
    /// Since when something is in the way.
    hindered: Option<Instant>,
    misses: u32,
    says: String,
}

/// A Job with its part of the plan.
#[derive(Debug)]
pub(super) struct ProberPod {
    /// Which vantage it belongs to.
    pub(super) vantage: usize,
    /// What the observations of a run that was not made say.
    pub(super) identity: Vantage,
    pub(super) part: Plan,
    run: Run,
    job: Ours,
    map: Ours,
    /// Something of it may exist on the server.
    touched: bool,
    /// An answer to its creation never came.
    unsure: bool,
    state: State,
}

#[derive(Deserialize)]
struct List<T> {
    items: Vec<T>,
}

impl ProberPod {
    /// None for objects that are not of [`crate::job`].
    pub(super) fn new(vantage: usize, identity: Vantage, run: Run) -> Option<Self> {
        let plan = run.config_map.data.as_ref()?.values().next()?;
        Some(Self {
            vantage,
            identity,
            part: Plan::parse(plan.as_bytes()).ok()?,
            job: Ours::of(Kind::Job, &run.job.metadata)?,
            map: Ours::of(Kind::ConfigMap, &run.config_map.metadata)?,
            run,
            touched: false,
            unsure: false,
            state: State::Queued,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.job.name
    }

    pub(super) const fn is_queued(&self) -> bool {
        matches!(self.state, State::Queued)
    }

    pub(super) const fn is_active(&self) -> bool {
        matches!(self.state, State::Active(_))
    }

    /// Ends it, unless it has ended.
    pub(super) fn end(&mut self, trouble: Trouble) {
        let at = match &self.state {
            State::Over(_) => return,
            State::Queued => "before it was begun".to_owned(),
            State::Active(watch) => watch.says.clone(),
        };
        self.over(trouble, at);
    }

    fn over(&mut self, trouble: Trouble, detail: String) {
        self.state = State::Over(Ending::Not(trouble, detail));
    }

    /// What it waits for, in words.
    pub(super) fn says(&self) -> Option<String> {
        let State::Active(watch) = &self.state else { return None };
        Some(format!("{}: {}", self.name(), watch.says))
    }

    /// Its end; not reached is *interrupted*.
    pub(super) fn into_ending(self) -> Ending {
        match self.state {
            State::Over(ending) => ending,
            State::Queued | State::Active(_) => Ending::Not(Trouble::Interrupted, String::new()),
        }
    }

    /// From here on something may exist on the server.
    pub(super) fn touch(&mut self) {
        self.touched = true;
        self.unsure = true;
    }

    /// Creates the Job, and then its plan, which belongs to the Job: whatever becomes of this program, the plan
    /// goes with the Job, and the Job deletes itself some time after it ended.
    pub(super) async fn create(&mut self, reader: &Reader, writer: &Writer) {
        let created = self.created(reader, writer).await;
        self.unsure = false;
        match created {
            Ok(()) => {
                self.state = State::Active(Watch {
                    began: Instant::now(),
                    ran: None,
                    hindered: None,
                    misses: 0,
                    says: "created".to_owned(),
                });
            }
            Err(error) => self.over(Trouble::of_error(&error), error.to_string()),
        }
    }

    async fn created(&mut self, reader: &Reader, writer: &Writer) -> Result<(), CallError> {
        self.job.uid = one(reader, writer, &self.job, &self.run.job).await?;
        let mut map: ConfigMap = self.run.config_map.clone();
        map.metadata.owner_references = self.job.uid.clone().map(|uid| {
            vec![OwnerReference {
                api_version: "batch/v1".to_owned(),
                kind: "Job".to_owned(),
                name: self.job.name.clone(),
                uid,
                ..OwnerReference::default()
            }]
        });
        self.map.uid = one(reader, writer, &self.map, &map).await?;
        Ok(())
    }

    /// Looks once. `patience` is how long a pod may take to start.
    pub(super) async fn look(&mut self, reader: &Reader, patience: Duration) {
        let State::Active(watch) = &mut self.state else { return };
        let now = Instant::now();
        let wonders = watch.ran.is_none() && now.duration_since(watch.began) > WONDER;
        let seen = match seen(reader, &self.job, wonders).await {
            Ok(seen) => seen,
            // The loop around this tells that.
            Err(CallError::Deadline) => return,
            Err(error) => {
                watch.misses += 1;
                let final_ = matches!(error, CallError::Forbidden(_) | CallError::Unauthorized(_));
                if final_ || watch.misses >= MISSES {
                    let trouble = match error {
                        CallError::Forbidden(_) => Trouble::Permission,
                        CallError::Unauthorized(_) => Trouble::Credentials,
                        // It was created: nothing says that it did not run.
                        _ => Trouble::ServerLost,
                    };
                    self.over(trouble, error.to_string());
                }
                return;
            }
        };
        watch.misses = 0;
        match stage(&seen) {
            Stage::Waiting(says) => {
                watch.hindered = None;
                watch.says = says;
                if watch.ran.is_none() && now.duration_since(watch.began) > patience {
                    let trouble = if seen.pods.is_empty() { Trouble::NoPod } else { Trouble::NotStarted };
                    let says = watch.says.clone();
                    self.over(trouble, says);
                }
            }
            Stage::Running(says) => {
                watch.hindered = None;
                watch.says = says;
                let ran = *watch.ran.get_or_insert(now);
                let limits = self.part.limits;
                let most = Duration::from_millis(limits.settle_ms.saturating_add(limits.total_ms));
                if now.duration_since(ran) > most + Duration::from_secs(2 * GRACE_S) {
                    self.over(Trouble::NodeLost, "its kubelet did not end it when its time was over".to_owned());
                }
            }
            Stage::Hindered(trouble, detail) => {
                let row = trouble.row();
                watch.says = if detail.is_empty() { row.says.to_owned() } else { format!("{}: {detail}", row.says) };
                let since = *watch.hindered.get_or_insert(now);
                // What is in the way from the start is given the time of a start, and no more.
                let since = if watch.ran.is_none() { watch.began } else { since };
                if !row.passes || now.duration_since(since) > patience {
                    self.over(trouble, detail);
                }
            }
            Stage::Ended { pod, why, stays } => {
                let ending = self.result(reader, &pod, why, stays).await;
                self.state = State::Over(ending);
            }
        }
    }

    /// The result in the log of a pod that ended; else why there is none. The log outranks what the pod says.
    async fn result(
        &self,
        reader: &Reader,
        pod: &str,
        why: Option<(Trouble, String)>,
        stays: Option<String>,
    ) -> Ending {
        let plan = self.part.answers_for().unwrap_or_default();
        let mut failure = None;
        for attempt in 0..2 {
            let taken = match log(reader, &self.job.namespace, pod).await {
                Ok(log) => result::take(&log, self.name(), &plan),
                Err(error) => Err((result::of_fetch(&error), error.to_string())),
            };
            match taken {
                Ok((observations, problems)) => {
                    let mut remarks: Vec<String> =
                        problems.into_iter().map(|problem| format!("{pod}: {problem}; the row is left out")).collect();
                    remarks.extend(stays.map(|names| {
                        format!("{pod}: the prober ended, {names} beside it did not and was deleted with it; the result counts")
                    }));
                    if observations.cut_short {
                        remarks
                            .push(format!("{pod}: the prober was ended early; what it had not measured is not tested"));
                    }
                    return Ending::Measured(Box::new(observations), remarks);
                }
                Err(failed) => {
                    let again = matches!(failed.0, Trouble::LogEmpty | Trouble::LogCut | Trouble::LogForeign);
                    failure = Some(failed);
                    if !again || attempt > 0 {
                        break;
                    }
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
        let (of_log, words) = failure.unwrap_or((Trouble::LogEmpty, String::new()));
        match why {
            // The last line often says what the exit code means.
            Some((trouble, detail)) if of_log == Trouble::LogForeign => {
                let exec = words.contains("exec format error");
                Ending::Not(if exec { Trouble::ImagePlatform } else { trouble }, format!("{detail}; {words}"))
            }
            Some((trouble, detail)) => Ending::Not(trouble, detail),
            None => Ending::Not(of_log, words),
        }
    }

    /// Deletes what may exist of it; what could not be deleted, and why.
    pub(super) async fn remove(&mut self, writer: &Writer) -> Vec<(Ours, String)> {
        if !self.touched {
            return Vec::new();
        }
        if self.unsure {
            // The request may still arrive.
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let mut left = Vec::new();
        for ours in [&self.job, &self.map] {
            if let Err(error) = writer.delete(ours).await {
                left.push((ours.clone(), error.to_string()));
            }
        }
        self.touched = !left.is_empty();
        left
    }

    /// Ended, and not deleted yet.
    pub(super) const fn is_stale(&self) -> bool {
        self.touched && matches!(self.state, State::Over(_))
    }

    /// What may still exist of it.
    pub(super) fn remains(&self) -> Vec<Ours> {
        if self.touched { vec![self.job.clone(), self.map.clone()] } else { Vec::new() }
    }
}

/// Creates one object. That it exists is fine where it is our own: an answer may have been lost on the way.
async fn one<T: serde::Serialize>(
    reader: &Reader,
    writer: &Writer,
    ours: &Ours,
    object: &T,
) -> Result<Option<String>, CallError> {
    match writer.create(ours, object, false).await {
        Err(CallError::Status { status: 409, message }) => {
            let all = cleanup::list(reader, ours.kind, Some(&ours.namespace), Some(&ours.instance)).await?;
            let own = all.into_iter().find(|found| found.ours.name == ours.name);
            own.map(|found| found.ours.uid).ok_or(CallError::Status { status: 409, message })
        }
        other => other,
    }
}

async fn seen(reader: &Reader, job: &Ours, wonders: bool) -> Result<Seen, CallError> {
    let selector = format!("{INSTANCE}={}", job.instance);
    let pods = path("", "v1", Some(&job.namespace), "pods", None);
    let url = format!("{pods}?labelSelector={}", escape(&selector));
    let pods: List<Pod> = reader.get_as(&url, Accept::Json).await?;
    let of_job = |pod: &Pod| {
        let owners = pod.metadata.owner_references.iter().flatten();
        owners.into_iter().any(|owner| owner.kind == "Job" && owner.name == job.name)
    };
    let pods: Vec<Pod> = pods.items.into_iter().filter(of_job).collect();
    let url = Kind::Job.path(Some(&job.namespace), Some(&job.name));
    let own = match reader.get_as::<Job>(&url, Accept::Json).await {
        Ok(own) => Some(own),
        Err(CallError::NotFound(_)) => None,
        Err(error) => return Err(error),
    };
    let mut seen = Seen { job: own, pods, events: Vec::new() };
    if wonders {
        let mut about = vec![job.name.clone()];
        about.extend(seen.pods.iter().filter_map(|pod| pod.metadata.name.clone()));
        for name in about {
            // They explain; nothing depends on them.
            let url = format!(
                "{}?fieldSelector={}",
                path("", "v1", Some(&job.namespace), "events", None),
                escape(&format!("involvedObject.name={name}"))
            );
            if let Ok(events) = reader.get_as::<List<Event>>(&url, Accept::Json).await {
                seen.events.extend(events.items);
            }
        }
    }
    Ok(seen)
}

async fn log(reader: &Reader, namespace: &str, pod: &str) -> Result<Vec<u8>, CallError> {
    let pod = path("", "v1", Some(namespace), "pods", Some(pod));
    Ok(reader.get(&format!("{pod}/log?container={CONTAINER}&limitBytes={MOST}"), Accept::Json).await?.body)
}
