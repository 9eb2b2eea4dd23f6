//! `kubereach run` behind the tool `measure`: the same preparation, the same Jobs, the same cleaning up.

use std::time::{Duration, Instant};

use kubereach_engine::observation::Document;
use kubereach_engine::{AnalysisOptions, Filter, plan, plan_snapshot};
use kubereach_intake::Intake;
use kubereach_live::cluster::Target;
use kubereach_live::job::JobOptions;
use kubereach_live::run::{self, Ask, From, Prepared};
use kubereach_mcp::{Creates, Measure, Measured, Preview, Ready, Stop, Wanted};
use kubereach_prober::Plan;
use kubereach_prober::words::Purpose;

use super::Mcp;
use crate::cli::plan::only;
use crate::cli::{Failure, input};

/// Time for a run: starting, measuring; what it created is deleted afterwards.
const TIME: Duration = Duration::from_mins(15);

/// Runs in the cluster of the command line, as its flags say.
pub(super) struct Measuring {
    target: Target,
    pod: JobOptions,
    start: Duration,
    accept_hazards: bool,
    options: AnalysisOptions,
}

impl Measuring {
    pub(super) fn new(command: &Mcp, options: AnalysisOptions) -> Result<Self, Failure> {
        Ok(Self {
            target: input::target(&command.reading.live.cluster),
            pod: crate::cli::run::job_options(&command.pod)?,
            start: command.pod.start,
            accept_hazards: command.pod.accept_hazards,
            options,
        })
    }
}

fn said(failure: Failure) -> String {
    failure.message("kubereach")
}

impl Measure for Measuring {
    fn prepare(&self, intake: &Intake, wanted: &Wanted) -> Result<Box<dyn Ready>, String> {
        let snapshot = only(&intake.snapshots).map_err(said)?;
        let allowed = &self.options.filter.namespaces;
        if let Some(other) = wanted.namespaces.iter().find(|one| !allowed.is_empty() && !allowed.contains(one)) {
            return Err(format!("this server measures in {} only, not in {other}", allowed.join(", ")));
        }
        let namespaces = if wanted.namespaces.is_empty() { allowed } else { &wanted.namespaces };
        let filter =
            Filter { namespaces: namespaces.clone(), kinds: wanted.kinds.clone(), names: wanted.names.clone() };
        let plan = plan_snapshot(snapshot, &filter, Some(plan::MOST));
        if !plan.targets.iter().any(|target| target.purpose == Purpose::Path) {
            return Err("nothing that was asked for can be measured; the tool plan says why (left_out)".to_owned());
        }
        let from = match wanted.from.as_deref().map(str::parse::<From>).transpose()? {
            None => From::Neutral,
            // What is dialled from here is whatever this machine reaches: nobody allowed that.
            Some(From::Local) => return Err("from this machine is not measured; name a workload, or nobody".to_owned()),
            Some(from) => from,
        };
        let namespace = match namespaces.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        };
        // Two runs of one server are two runs.
        let salt = self.pod.salt.iter().cloned().chain([format!("{:?}", Instant::now())]).collect::<Vec<_>>().join(" ");
        let ask = Ask {
            target: self.target.clone(),
            from: vec![from],
            namespace,
            options: JobOptions { salt: Some(salt), ..self.pod.clone() },
            start: self.start,
            deadline: Instant::now() + TIME,
            accept_hazards: self.accept_hazards,
            server_dry_run: true,
            stop: None,
        };
        let prepared = run::prepare(&ask, snapshot, &plan).map_err(|error| error.to_string())?;
        Ok(Box::new(Run { ask, prepared, plan, options: self.options.clone() }))
    }
}

/// A run that was prepared.
struct Run {
    ask: Ask,
    prepared: Prepared,
    plan: Plan,
    options: AnalysisOptions,
}

impl Ready for Run {
    fn preview(&self) -> Preview {
        let mut preview = Preview {
            context: self.prepared.context.clone(),
            server: self.prepared.server.clone(),
            targets: self.plan.targets.len(),
            ..Preview::default()
        };
        for ready in &self.prepared.vantages {
            if let Some((trouble, detail)) = &ready.blocked {
                preview.blocked.push(format!("{}: {}", ready.from, trouble.words(detail)));
                continue;
            }
            for run in &ready.manifests.runs {
                let metadata = [("Job", &run.job.metadata), ("ConfigMap", &run.config_map.metadata)];
                preview.creates.extend(metadata.into_iter().map(|(kind, metadata)| Creates {
                    kind: kind.to_owned(),
                    namespace: ready.namespace.clone(),
                    name: metadata.name.clone().unwrap_or_default(),
                }));
            }
            preview.notes.extend(ready.review.hazards.iter().map(|hazard| hazard.says.clone()));
            preview.notes.extend(ready.notes.iter().cloned());
        }
        preview
    }

    fn run(self: Box<Self>, intake: &Intake, says: &(dyn Fn(&str) + Sync), stop: Stop) -> Result<Measured, String> {
        let Self { mut ask, prepared, plan, options } = *self;
        ask.deadline = Instant::now() + TIME;
        ask.stop = Some(stop.into_inner());
        let done = run::execute(&ask, prepared, says).map_err(|error| error.to_string())?;
        let (measured, interrupted) = (done.measured, done.interrupted);
        let left = done.left.iter().map(|(ours, why)| format!("{ours}: {why}")).collect();
        let mut remarks: Vec<String> = done.failures.iter().map(ToString::to_string).collect();
        remarks.extend(done.remarks.iter().cloned());
        if interrupted {
            remarks.push("the run was ended before it was over".to_owned());
        }
        let nothing: Vec<Document> = Vec::new();
        let report = crate::cli::run::judge(intake, options, &plan, done, nothing).map_err(said)?;
        Ok(Measured { report, measured, remarks, left })
    }
}
