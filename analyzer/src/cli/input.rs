//! From the words of the command line to what the library reads.

use std::collections::BTreeSet;
use std::io::{ErrorKind, IsTerminal as _};
use std::path::{Path, PathBuf};

use kubereach_engine::Filter;
use kubereach_engine::asked;
use kubereach_engine::observation::{self, Document, ObservationInput, ObservationLimits};
use kubereach_intake::progress::{Bar, Progress, Silent};
use kubereach_intake::{self as intake, InputSpec, Intake, IntakeOptions, Limits};
#[cfg(feature = "live")]
use kubereach_live::cluster::{self, Ask, LiveError, ReadError, Target};
use kubereach_model::snapshot::{Assumption, Snapshot, nearest};

use super::Failure;
#[cfg(feature = "live")]
use super::args::{ClusterFlags, WhomFlags};
use super::args::{LimitFlags, Measured, Reading, When};
use super::render;

/// So many files of a folder are looked at for one whose name comes close.
const LISTED: usize = 2_000;

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
    no_kind_is_an_input(reading)?;
    exist(&reading.inputs)?;
    let inputs = inputs(reading)?;
    Ok(with_progress(reading, |progress| intake::read(&inputs, options, progress))?)
}

/// Words of the command line that name no file are a slip of the finger, and not an input that cannot be read.
pub(super) fn exist(paths: &[PathBuf]) -> Result<(), Failure> {
    for path in paths.iter().filter(|path| path.as_os_str() != "-") {
        let found = std::fs::symlink_metadata(path);
        if !found.is_err_and(|error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)) {
            continue;
        }
        let near = nearest_file(path).map_or_else(String::new, |near| format!(", did you mean '{}'?", near.display()));
        return Err(Failure::Usage(format!("there is no '{}'{near}", path.display())));
    }
    Ok(())
}

/// The file of its folder whose name comes closest; the folder's, where that does not exist.
fn nearest_file(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() && !folder.exists() {
        return nearest_file(folder);
    }
    let listed = std::fs::read_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).ok()?;
    let names: BTreeSet<String> =
        listed.take(LISTED).filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    let near = nearest(path.file_name()?.to_str()?, names.iter().map(String::as_str))?;
    Some(folder.join(near))
}

/// `--assume-complete Service dir/`: the option takes its kinds behind an equals sign, and the word is no file.
fn no_kind_is_an_input(reading: &Reading) -> Result<(), Failure> {
    if !reading.assume_complete.iter().any(|kinds| kinds == "*") {
        return Ok(());
    }
    let is_kinds =
        |text: &str| text.split(',').all(|word| Assumption::is_kind(word.split("/ns=").next().unwrap_or(word)));
    let mut words = reading.inputs.iter().filter_map(|path| path.to_str());
    match words.find(|word| is_kinds(word)) {
        Some(word) => Err(Failure::Usage(format!(
            "'{word}' would be read as a file, and everything be assumed complete: write --assume-complete={word} (or \
             ./{word} for a file of that name)"
        ))),
        None => Ok(()),
    }
}

/// Refuses what was asked for and nothing that was read contains.
pub(super) fn holds(reading: &Reading, read: &[&Intake], filter: &Filter) -> Result<(), Failure> {
    let snapshots: Vec<&Snapshot> = read.iter().flat_map(|read| &read.snapshots).collect();
    let live = is_live(reading);
    let place = match () {
        () if live => "this cluster",
        () if snapshots.iter().all(|snapshot| snapshot.is_manifests()) => "this input",
        () => "this bundle",
    };
    asked::missing(&snapshots, filter, place, live).map_or(Ok(()), |why| Err(Failure::Usage(why)))
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

/// The inputs; with `--render`, what folders among them render to.
pub(super) fn inputs(reading: &Reading) -> Result<Vec<InputSpec>, Failure> {
    let spec = |path: &std::path::PathBuf| {
        if path.as_os_str() == "-" {
            Ok(InputSpec::Stdin { name: reading.stdin_name.clone() })
        } else if reading.render && path.is_dir() {
            render::rendered(path)
        } else {
            Ok(InputSpec::Path(path.clone()))
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
        kubernetes_minor: reading.kubernetes_version,
        limits: limits(&reading.limits),
        strict: reading.strict,
        ..IntakeOptions::default()
    })
}

/// The minor version of `1.34`, `v1.34.2` or `1.34.1-gke.100`.
pub(super) fn minor(text: &str) -> Result<u16, String> {
    let rest = text.trim_start_matches('v').strip_prefix("1.");
    let digits = rest.map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default());
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| "write a version such as 1.34".to_owned())
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
    exist(&measured.observations)?;
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
