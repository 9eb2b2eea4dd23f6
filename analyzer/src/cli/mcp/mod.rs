//! `kubereach mcp`

#[cfg(feature = "live")]
mod measure;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use clap::Args;
use kubereach_engine::AnalysisOptions;
use kubereach_engine::Filter;
use kubereach_intake::{self as intake, InputSpec};
use kubereach_mcp::{Bound, Measure, Server, Source, SourceKind, Watched};

use super::args::{Reading, heading};
use super::{Failure, OK, input};

/// Ids that mean something else where a source's id stands.
const TAKEN: [&str; 1] = ["codes"];
/// No id is longer.
const LONGEST_ID: usize = 40;

/// `kubereach mcp`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    kubereach mcp support-bundle.tar.gz              one source, over standard input and output\n  \
    kubereach mcp monday.tar.gz tuesday.tar.gz       two, which the tool diff compares\n  \
    kubereach mcp --live --context prod -n shop      a live cluster, read-only\n  \
    kubereach mcp --live --http 127.0.0.1:8765       over HTTP, for clients of this machine that have the token\n\n\
    Clients start it by themselves: claude mcp add kubereach -- kubereach mcp --live. What it may read is fixed\n\
    here; no tool takes a path, a context or an address. docs/mcp.md has the configuration of common clients.")]
pub(in crate::cli) struct Mcp {
    /// Only subjects of these namespaces (repeatable)
    #[arg(help_heading = heading::JUDGE, short, long, value_name = "NAMESPACE")]
    pub namespace: Vec<String>,
    /// All INPUTs are of one cluster: one source, not one each
    #[arg(help_heading = heading::JUDGE, long)]
    pub together: bool,
    /// Serve HTTP on this loopback address (port 0 for any) and print the token that clients need
    #[arg(help_heading = heading::OUTPUT, long, value_name = "127.0.0.1:PORT")]
    pub http: Option<SocketAddr>,
    /// Offer the tool measure, which creates a Job and a ConfigMap after a person said yes, and deletes them
    #[cfg(feature = "live")]
    #[arg(help_heading = heading::LIVE, long, requires = "live")]
    pub allow_run: bool,
    #[cfg(feature = "live")]
    #[command(flatten)]
    pub pod: super::run::PodFlags,
    #[command(flatten)]
    pub reading: Reading,
}

/// Serves until the client is gone.
pub(super) fn run(command: &Mcp) -> Result<u8, Failure> {
    let server = Server::new(sources(command)?, measures(command)?, env!("CARGO_PKG_VERSION"));
    match command.http {
        None => kubereach_mcp::stdio(&server)?,
        Some(address) => {
            let bound = Bound::new(address).map_err(|why| Failure::Usage(format!("--http: {why}")))?;
            anstream::eprintln!("kubereach: serving {}", bound.url());
            anstream::eprintln!("kubereach: clients send the header 'Authorization: Bearer {}'", bound.token());
            kubereach_mcp::http(&server, bound)?;
        }
    }
    Ok(OK)
}

fn sources(command: &Mcp) -> Result<Vec<Source>, Failure> {
    let reading = &command.reading;
    if reading.inputs.iter().any(|path| path.as_os_str() == "-") {
        return Err(Failure::Usage("standard input is for the client; name a file".to_owned()));
    }
    input::exist(&reading.inputs)?;
    let mut ids = BTreeSet::from(TAKEN.map(ToOwned::to_owned));
    let mut sources = Vec::new();
    let mut add = |names: Vec<String>, specs: Vec<InputSpec>| -> Result<(), Failure> {
        let id = id_of(names.first().map_or("input", String::as_str), &mut ids);
        let options = options(command, names.clone())?;
        let reading = options.intake.clone();
        let read = move |watched: Watched| intake::read(&specs, &reading, &watched).map_err(|error| error.to_string());
        sources.push(Source::new(id, SourceKind::Files, names, options, read));
        Ok(())
    };
    let names = reading.inputs.iter().map(|path| path.display().to_string());
    let specs = input::inputs(reading)?;
    if command.together && !specs.is_empty() {
        add(names.collect(), specs)?;
    } else {
        for (name, spec) in names.zip(specs) {
            add(vec![name], vec![spec])?;
        }
    }
    #[cfg(feature = "live")]
    if reading.live.live {
        sources.push(live(command, &mut ids)?);
    }
    Ok(sources)
}

/// How a source is judged; `words` read it again.
fn options(command: &Mcp, words: Vec<String>) -> Result<AnalysisOptions, Failure> {
    Ok(AnalysisOptions {
        intake: input::options(&command.reading)?,
        filter: Filter { namespaces: command.namespace.clone(), ..Filter::default() },
        words,
        ..AnalysisOptions::default()
    })
}

#[cfg(feature = "live")]
fn live(command: &Mcp, ids: &mut BTreeSet<String>) -> Result<Source, Failure> {
    use kubereach_live::cluster::{self, Ask};

    let flags = &command.reading.live.cluster;
    let context = flags.whom.context.iter().flat_map(|context| ["--context".to_owned(), context.clone()]);
    let words: Vec<String> = std::iter::once("--live".to_owned()).chain(context).collect();
    let options = options(command, words)?;
    let target = input::target(flags);
    let (namespaces, read_tls, timeout) = (command.namespace.clone(), flags.read_tls, flags.timeout);
    let reading = options.intake.clone();
    let read = move |watched: Watched| {
        let ask = Ask { namespaces: namespaces.clone(), read_tls, timeout, ..Ask::default() };
        cluster::read(&target, &ask, &reading, Box::new(watched)).map_err(|error| error.to_string())
    };
    let name = flags.whom.context.clone().unwrap_or_else(|| "the current context".to_owned());
    Ok(Source::new(id_of("live", ids), SourceKind::Live, vec![name], options, read))
}

#[cfg(feature = "live")]
fn measures(command: &Mcp) -> Result<Option<Box<dyn Measure>>, Failure> {
    if !command.allow_run {
        return Ok(None);
    }
    Ok(Some(Box::new(measure::Measuring::new(command, options(command, vec!["--live".to_owned()])?)?)))
}

#[cfg(not(feature = "live"))]
#[allow(clippy::unnecessary_wraps, reason = "with a live cluster its flags can be wrong")]
fn measures(_: &Mcp) -> Result<Option<Box<dyn Measure>>, Failure> {
    Ok(None)
}

/// A short name that a model can write: the file's, without its folder and endings; with a number where it is taken.
fn id_of(name: &str, taken: &mut BTreeSet<String>) -> String {
    let file = Path::new(name).file_name().map_or_else(String::new, |file| file.to_string_lossy().into_owned());
    let stem = file.split('.').find(|part| !part.is_empty()).unwrap_or("input").to_lowercase();
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let id: String = stem.chars().map(plain).take(LONGEST_ID).collect();
    let id = id.trim_matches('-');
    let id = if id.is_empty() { "input" } else { id };
    let numbered = (2..).map(|number| format!("{id}-{number}"));
    let id = std::iter::once(id.to_owned()).chain(numbered).find(|id| !taken.contains(id)).unwrap_or_default();
    taken.insert(id.clone());
    id
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::id_of;

    #[test]
    fn ids_are_short_plain_and_nobody_elses() {
        let mut taken = BTreeSet::from(["codes".to_owned()]);
        let ids = ["a/Bundle 1.tar.gz", "b/bundle-1.zip", "/", "codes", ".hidden.yaml", "../..", "日本.yaml"];
        let ids: Vec<String> = ids.iter().map(|name| id_of(name, &mut taken)).collect();
        assert_eq!(ids, ["bundle-1", "bundle-1-2", "input", "codes-2", "hidden", "input-2", "input-3"]);
    }
}
