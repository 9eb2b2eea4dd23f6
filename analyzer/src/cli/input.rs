//! From the words of the command line to what the library reads.

use std::io::IsTerminal as _;

use kubereach_engine::observation::{self, Document, ObservationInput, ObservationLimits};
use kubereach_intake::progress::{Bar, Progress, Silent};
use kubereach_intake::{self as intake, InputSpec, Intake, IntakeOptions, Limits};
#[cfg(feature = "live")]
use kubereach_live::cluster::{self, Ask, LiveError, ReadError, Target};
use kubereach_model::snapshot::Assumption;

use super::Failure;
#[cfg(feature = "live")]
use super::args::{ClusterFlags, WhomFlags};
use super::args::{LimitFlags, Measured, Reading, When};

/// Reads what the command line names: the live cluster with `--live`, else the inputs. `namespaces` are
/// those of `-n`, looked at one by one where the whole cluster may not be listed.
pub(super) fn read(reading: &Reading, options: &IntakeOptions, namespaces: &[String]) -> Result<Intake, Failure> {
    #[cfg(feature = "live")]
    if reading.live.live {
        if let Some(input) = reading.inputs.first() {
            return Err(Failure::Usage(format!(
                "--live reads a cluster, and {} is a file: give one of them",
                input.display()
            )));
        }
        return cluster(reading, options, namespaces);
    }
    let _ = namespaces;
    Ok(with_progress(reading, |progress| intake::read(&inputs(reading), options, progress))?)
}

/// The live cluster, where it was asked for beside the inputs (`diff BEFORE --live`).
#[cfg_attr(not(feature = "live"), allow(clippy::unnecessary_wraps, reason = "reading a live cluster can fail"))]
pub(super) fn after(
    reading: &Reading,
    options: &IntakeOptions,
    namespaces: &[String],
) -> Result<Option<Intake>, Failure> {
    #[cfg(feature = "live")]
    return is_live(reading).then(|| cluster(reading, options, namespaces)).transpose();
    #[cfg(not(feature = "live"))]
    {
        let _ = (reading, options, namespaces);
        Ok(None)
    }
}

/// Was the live cluster asked for?
pub(super) const fn is_live(reading: &Reading) -> bool {
    #[cfg(feature = "live")]
    return reading.live.live;
    #[cfg(not(feature = "live"))]
    {
        let _ = reading;
        false
    }
}

/// Was something to be measured while reading (`--via`)?
pub(super) const fn measures(measured: &Measured) -> bool {
    #[cfg(feature = "live")]
    return measured.via.is_some();
    #[cfg(not(feature = "live"))]
    {
        let _ = measured;
        false
    }
}

/// What was measured while reading, if that was asked for (`--via`).
#[cfg_attr(not(feature = "live"), allow(clippy::unnecessary_wraps, reason = "reading a live cluster can fail"))]
pub(super) fn relayed(
    reading: &Reading,
    measured: &Measured,
    intake: &Intake,
    filter: &kubereach_engine::Filter,
) -> Result<Vec<Document>, Failure> {
    #[cfg(feature = "live")]
    return super::via::relayed(&target(&reading.live.cluster), measured.via, intake, filter);
    #[cfg(not(feature = "live"))]
    {
        let _ = (reading, measured, intake, filter);
        Ok(Vec::new())
    }
}

/// Reads the live cluster.
#[cfg(feature = "live")]
pub(super) fn cluster(reading: &Reading, options: &IntakeOptions, namespaces: &[String]) -> Result<Intake, Failure> {
    let cluster = &reading.live.cluster;
    let ask =
        Ask { namespaces: namespaces.to_vec(), read_tls: cluster.read_tls, timeout: cluster.timeout, ..Ask::default() };
    Ok(cluster::read(&target(cluster), &ask, options, watching(reading.progress))?)
}

/// Which cluster, and as whom.
#[cfg(feature = "live")]
pub(super) fn target(flags: &ClusterFlags) -> Target {
    whom(&flags.whom)
}

/// Which cluster, and as whom.
#[cfg(feature = "live")]
pub(super) fn whom(flags: &WhomFlags) -> Target {
    Target {
        kubeconfig: flags.kubeconfig.clone(),
        context: flags.context.clone(),
        as_user: flags.as_user.clone(),
        as_groups: flags.as_group.clone(),
    }
}

/// A progress line where a person watches; it goes away by itself.
#[cfg(feature = "live")]
pub(super) fn watching(when: When) -> Box<dyn Progress + Send> {
    if when == When::Auto && std::io::stderr().is_terminal() { Box::new(Bar::new(None)) } else { Box::new(Silent) }
}

#[cfg(feature = "live")]
impl From<LiveError> for Failure {
    fn from(error: LiveError) -> Self {
        Self::Nothing(error.to_string())
    }
}

#[cfg(feature = "live")]
impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::Nothing(error.to_string())
    }
}

/// The inputs.
pub(super) fn inputs(reading: &Reading) -> Vec<InputSpec> {
    let spec = |path: &std::path::PathBuf| {
        if path.as_os_str() == "-" {
            InputSpec::Stdin { name: reading.stdin_name.clone() }
        } else {
            InputSpec::Path(path.clone())
        }
    };
    reading.inputs.iter().map(spec).collect()
}

/// How to read them.
pub(super) fn options(reading: &Reading) -> Result<IntakeOptions, Failure> {
    let assume = reading
        .assume_complete
        .iter()
        .map(|text| Assumption::parse(text).map_err(|why| Failure::Usage(format!("--assume-complete: {why}"))))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(IntakeOptions {
        assume_complete: assume.into_iter().flatten().collect(),
        default_namespace: reading.default_namespace.clone(),
        helm_releases: reading.helm_releases,
        limits: limits(&reading.limits),
        strict: reading.strict,
        ..IntakeOptions::default()
    })
}

/// The inputs as words of a command that reads them again.
pub(super) fn words(reading: &Reading) -> Vec<String> {
    #[cfg(feature = "live")]
    if reading.live.live {
        let context = reading.live.cluster.whom.context.iter().flat_map(|c| ["--context".to_owned(), c.clone()]);
        return std::iter::once("--live".to_owned()).chain(context).collect();
    }
    reading.inputs.iter().map(|path| path.display().to_string()).collect()
}

/// What was measured. Standard input can be read once only, so it is either an input or observations.
pub(super) fn observations(reading: &Reading, measured: &Measured) -> Result<Vec<Document>, Failure> {
    let is_stdin = |path: &std::path::PathBuf| path.as_os_str() == "-";
    let on_stdin = measured.observations.iter().filter(|path| is_stdin(path)).count();
    if on_stdin + reading.inputs.iter().filter(|path| is_stdin(path)).count() > 1 {
        return Err(Failure::Usage("'-' can be one input or one observations file, not both".to_owned()));
    }
    let spec = |path: &std::path::PathBuf| {
        if is_stdin(path) { ObservationInput::Stdin } else { ObservationInput::Path(path.clone()) }
    };
    let inputs: Vec<ObservationInput> = measured.observations.iter().map(spec).collect();
    let documents = observation::read(&inputs, ObservationLimits::default())
        .map_err(|error| Failure::Nothing(error.to_string()))?;
    for document in documents.iter().filter(|document| document.observations.results.is_empty()) {
        anstream::eprintln!("kubereach: {}: the observations hold no results, so they change nothing", document.name);
    }
    Ok(documents)
}

fn limits(flags: &LimitFlags) -> Limits {
    let default = Limits::default();
    Limits {
        member_bytes: flags.max_member_bytes.unwrap_or(default.member_bytes),
        total_bytes: flags.max_total_bytes.unwrap_or(default.total_bytes),
        ratio: flags.max_ratio.unwrap_or(default.ratio),
        members: flags.max_members.unwrap_or(default.members),
        depth: flags.max_depth.unwrap_or(default.depth),
        objects: flags.max_objects.unwrap_or(default.objects),
        ..default
    }
}

/// Runs with a progress bar where a person watches, and removes it afterwards.
pub(super) fn with_progress<R>(reading: &Reading, run: impl FnOnce(&dyn Progress) -> R) -> R {
    if reading.progress == When::Auto && std::io::stderr().is_terminal() {
        let sizes = reading
            .inputs
            .iter()
            .map(|path| std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|m| m.len()));
        let bar = Bar::new(sizes.sum());
        let result = run(&bar);
        bar.finish();
        result
    } else {
        run(&Silent)
    }
}
