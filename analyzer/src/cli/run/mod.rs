//! `kubereach run`

mod args;
mod cleanup;
mod consent;
mod words;

use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use kubereach_engine::AnalysisOptions;
use kubereach_engine::analyze_intake;
use kubereach_engine::asked;
use kubereach_engine::observation::{self, Document, ObservationInput, ObservationLimits};
use kubereach_engine::plan_snapshot;
use kubereach_intake::{Intake, IntakeOptions};
use kubereach_live::cluster::{self, Ask as Read};
use kubereach_live::job;
use kubereach_live::run::{self, Ask, Done, OriginError, Prepared, RunError};
use kubereach_prober::Plan;
use kubereach_prober::words::Purpose;
use kubereach_reports::render::{Format, RenderOptions};
use kubereach_reports::report::Report;

pub(super) use args::{PodFlags, Run};

use super::args::When;
use super::{Failure, GATE, NOTHING, OK, check, input, output, plan, via};

/// Measures in a live cluster and reports.
pub(super) fn run(command: &Run) -> Result<u8, Failure> {
    if let Some(instance) = &command.cleanup {
        return cleanup::run(command, instance);
    }
    if !command.dry_run {
        consent::possible(command.yes)?;
    }
    let deadline = Instant::now() + command.cluster.timeout;
    let files = command.report.output.iter().map(|path| output::target_of(path)).collect::<Result<Vec<_>, _>>()?;
    let options = options(command)?;
    let ask = asked(command, deadline)?;
    let intake = read(command, &options.intake)?;
    let snapshot = plan::only(&intake.snapshots)?;
    if let Some(why) = asked::missing(&[snapshot], &options.filter, "this cluster", true) {
        return Err(Failure::Usage(why));
    }
    let most = (command.max_targets > 0).then_some(command.max_targets);
    let plan = plan_snapshot(snapshot, &options.filter, most);
    if !plan.targets.iter().any(|target| target.purpose == Purpose::Path) {
        return nothing_to_measure(command, &intake, options, &plan, &files);
    }
    let prepared = run::prepare(&ask, snapshot, &plan).map_err(failure)?;
    words::say(&prepared, &plan);
    if command.dry_run {
        return print(&prepared);
    }
    if prepared.vantages.iter().any(|ready| ready.blocked.is_none()) {
        consent::ask(command.yes, &words::question(&prepared))?;
    }
    let done = measure(command, &ask, prepared)?;
    words::done(&done);
    if done.interrupted {
        return Err(Failure::Nothing("interrupted: nothing was judged".to_owned()));
    }
    let measured = done.measured;
    let relayed = via::relayed(&ask.target, command.via, &intake, &options.filter)?;
    let report = judge(&intake, options, &plan, done, relayed)?;
    deliver(command, &report, &files)?;
    if report.gate.as_ref().is_some_and(|gate| gate.tripped) {
        return Ok(GATE);
    }
    if measured {
        return Ok(OK);
    }
    anstream::eprintln!("kubereach: nothing was measured: the report shows the configuration only");
    Ok(NOTHING)
}

/// How the report is made.
fn options(command: &Run) -> Result<AnalysisOptions, Failure> {
    let filter = command.subjects.filter()?;
    let given = command.observations.iter().cloned();
    let inputs: Vec<ObservationInput> = given
        .map(|path| if path.as_os_str() == "-" { ObservationInput::Stdin } else { ObservationInput::Path(path) })
        .collect();
    if inputs.contains(&ObservationInput::Stdin) && !command.yes && !command.dry_run {
        let words = "--observations -: standard input is for the answer to the question; say --yes, or name a file";
        return Err(Failure::Usage(words.to_owned()));
    }
    let context = command.cluster.whom.context.iter().flat_map(|c| ["--context".to_owned(), c.clone()]);
    Ok(AnalysisOptions {
        intake: IntakeOptions {
            thresholds: command.accept.thresholds(),
            default_namespace: "default".to_owned(),
            strict: command.strict,
            ..IntakeOptions::default()
        },
        observations: observation::read(&inputs, ObservationLimits::default())
            .map_err(|error| Failure::Nothing(error.to_string()))?,
        words: std::iter::once("--live".to_owned()).chain(context).collect(),
        filter,
        gate: Some(command.accept.rules(command.fail_on.word(), false, command.subjects.is_partial())?),
        ..AnalysisOptions::default()
    })
}

/// What the words of the command line ask for.
fn asked(command: &Run, deadline: Instant) -> Result<Ask, Failure> {
    let pod = &command.pod;
    let only = match command.subjects.namespace.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    Ok(Ask {
        target: input::target(&command.cluster),
        from: command.from.clone(),
        namespace: command.place.clone().or(only),
        options: job_options(pod)?,
        start: pod.start,
        deadline,
        accept_hazards: pod.accept_hazards,
        server_dry_run: !command.dry_run,
        stop: None,
    })
}

/// The prober's pod, as the flags describe it.
pub(super) fn job_options(pod: &PodFlags) -> Result<job::JobOptions, Failure> {
    let tolerations = pod.tolerations.iter().map(|text| job::parse_toleration(text)).collect::<Result<_, _>>();
    Ok(job::JobOptions {
        image: pod.image.clone(),
        node: pod.node.clone(),
        tolerations: tolerations.map_err(|why| Failure::Usage(format!("--tolerations: {why}")))?,
        pull_secrets: pod.pull_secret.clone(),
        service_account: pod.service_account.clone(),
        no_mesh: pod.no_mesh,
        deadline: pod.deadline,
        allow: pod.allow_address.clone(),
        salt: Some(salt()),
        ..job::JobOptions::default()
    })
}

/// What no other run has: the moment and the process.
fn salt() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{} {}", now.as_nanos(), std::process::id())
}

fn read(command: &Run, options: &IntakeOptions) -> Result<Intake, Failure> {
    let mut namespaces = command.subjects.namespace.clone();
    namespaces.extend(command.place.clone());
    let ask =
        Read { namespaces, read_tls: command.cluster.read_tls, timeout: command.cluster.timeout, ..Read::default() };
    Ok(cluster::read(&input::target(&command.cluster), &ask, options, input::watching(command.progress))?)
}

/// Every path is left out, or there is none.
fn nothing_to_measure(
    command: &Run,
    intake: &Intake,
    options: AnalysisOptions,
    plan: &Plan,
    files: &[(std::path::PathBuf, Format)],
) -> Result<u8, Failure> {
    if plan.left_out.is_empty() {
        let words = "the cluster holds no subject that was asked for; nothing was measured";
        return Err(Failure::Nothing(words.to_owned()));
    }
    anstream::eprintln!("kubereach: nothing can be measured; 'kubereach plan' says why (left_out)");
    if command.dry_run {
        return Ok(OK);
    }
    let report = judge(intake, options, plan, Done::default(), Vec::new())?;
    deliver(command, &report, files)?;
    Ok(if report.gate.as_ref().is_some_and(|gate| gate.tripped) { GATE } else { NOTHING })
}

/// Runs, with a line of progress where a person watches.
fn measure(command: &Run, ask: &Ask, prepared: Prepared) -> Result<Done, Failure> {
    let line = (command.progress == When::Auto && std::io::stderr().is_terminal()).then(ProgressBar::new_spinner);
    if let Some(line) = &line {
        line.enable_steady_tick(Duration::from_millis(120));
    }
    let progress = |text: &str| {
        if let Some(line) = &line {
            line.set_message(plan::plain(text));
        }
    };
    let done = run::execute(ask, prepared, &progress);
    if let Some(line) = line {
        line.finish_and_clear();
    }
    Ok(done?)
}

/// The report of what was read, with what was measured.
pub(super) fn judge(
    intake: &Intake,
    mut options: AnalysisOptions,
    plan: &Plan,
    done: Done,
    relayed: Vec<Document>,
) -> Result<Report, Failure> {
    let failed = |error: serde_json::Error| Failure::Output(error.into());
    let mut inputs = Vec::new();
    for (name, observations) in done.observations {
        inputs.push(ObservationInput::Bytes(name, serde_json::to_vec(&observations).map_err(failed)?));
    }
    let read = observation::read(&inputs, ObservationLimits::default());
    options.observations.extend(read.map_err(|error| Failure::Nothing(error.to_string()))?);
    // What the API server relayed localizes and decides nothing.
    options.observations.extend(relayed);
    options.plans = BTreeSet::from([plan.digest().map_err(failed)?]);
    Ok(analyze_intake(intake, &options))
}

fn deliver(command: &Run, report: &Report, files: &[(std::path::PathBuf, Format)]) -> Result<(), Failure> {
    let render = RenderOptions {
        width: output::width(),
        color: output::color(command.color),
        quiet: command.report.quiet,
        summary_only: command.report.summary_only,
        max_subjects: command.max_subjects,
        show_coverage: command.show_coverage,
        show_suppressed: command.list.show_suppressed,
        root: output::root(),
        rules: output::pages(),
        ..RenderOptions::default()
    };
    check::deliver(report, files, &command.report, &render)
}

/// The objects, as 'kubereach job' prints them.
fn print(prepared: &Prepared) -> Result<u8, Failure> {
    let mut text = String::new();
    for ready in prepared.vantages.iter().filter(|ready| ready.blocked.is_none()) {
        for run in &ready.manifests.runs {
            super::job::document(&mut text, &run.job)?;
            super::job::document(&mut text, &run.config_map)?;
        }
    }
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(OK)
}

fn failure(error: RunError) -> Failure {
    match error {
        RunError::Hazards(says) => Failure::Usage(format!(
            "nothing was created, because something of the cluster would count on the prober's pod:\n  {}\n\
             Give another --from, or say --accept-hazards.",
            says.iter().map(|says| plan::plain(says)).collect::<Vec<_>>().join("\n  ")
        )),
        RunError::Origin(OriginError::Missing { .. } | OriginError::NoTemplate { .. }) | RunError::Namespace(_) => {
            Failure::Usage(error.to_string())
        }
        _ => Failure::Nothing(error.to_string()),
    }
}
