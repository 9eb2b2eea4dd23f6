//! `kubereach-prober`: runs one plan and prints what it measured.
//!
//! It exits with 0 when it ran, whatever it found; with 2 for a plan or a command line it cannot
//! use; with 1 if the result could not be written.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use ipnet::IpNet;
use kubereach_prober::probe::{ResolverConfig, Stop, vantage};
use kubereach_prober::words::{Outcome, VantageKind};
use kubereach_prober::{Observations, Options, Plan, envelope, run, text};

/// A plan larger than this is refused unread.
const MAX_PLAN: u64 = 16 * 1024 * 1024;
/// Kubernetes keeps this much of a termination message.
const MAX_TERMINATION: usize = 4096;

/// Measure what a kubereach plan asks for, from here, and print observations.
///
/// Example: kubereach plan dump/ | kubereach-prober --format text
#[derive(Debug, Parser)]
#[command(name = "kubereach-prober", version, about)]
struct Arguments {
    /// The plan: a file, or - for standard input. Without it, the text in `KUBEREACH_PLAN`, else standard input.
    plan: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Print the JSON alone, without its marker lines.
    #[arg(long)]
    bare: bool,
    /// Dial this address or range although it is guarded (loopback, link-local, metadata). Repeatable.
    #[arg(long, value_name = "ADDRESS[/BITS]", value_parser = range)]
    allow_address: Vec<IpNet>,
    /// Where this runs; found out if not given.
    #[arg(long, value_enum)]
    vantage: Option<Place>,
    /// Labels of this pod, key=value,key=value; else `KUBEREACH_LABELS`.
    #[arg(long, value_name = "LABELS")]
    labels: Option<String>,
    /// Measure at most this many targets.
    #[arg(long, default_value_t = 2000)]
    max_targets: usize,
    /// The resolver's configuration; else the pod's own.
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    resolv_conf: Option<PathBuf>,
    /// Where the digest and the counts go for Kubernetes to keep.
    #[arg(long, value_name = "FILE", default_value = "/dev/termination-log")]
    termination_log: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Observations as JSON between marker lines.
    Json,
    /// A table.
    Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Place {
    /// A pod.
    InCluster,
    /// The operator's machine.
    Local,
}

fn range(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| format!("{text:?} is neither an address nor a range such as 10.0.0.0/8"))
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let plan = match read_plan(arguments.plan.as_deref()) {
        Ok(plan) => plan,
        Err(why) => {
            eprintln!("kubereach-prober: {why}");
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("kubereach-prober: the runtime did not start: {error}");
            return ExitCode::from(1);
        }
    };
    let observations = runtime.block_on(measure(&plan, &arguments));
    match print(&observations, &arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("kubereach-prober: the result could not be written: {error}");
            ExitCode::from(1)
        }
    }
}

fn read_plan(path: Option<&Path>) -> Result<Plan, String> {
    let bytes = match path {
        None => match std::env::var("KUBEREACH_PLAN") {
            Ok(text) if !text.is_empty() => text.into_bytes(),
            _ => limited(std::io::stdin().lock()).map_err(|e| format!("standard input: {e}"))?,
        },
        Some(path) if path == Path::new("-") => {
            limited(std::io::stdin().lock()).map_err(|e| format!("standard input: {e}"))?
        }
        Some(path) => std::fs::File::open(path).and_then(limited).map_err(|e| format!("{}: {e}", path.display()))?,
    };
    Plan::parse(&bytes).map_err(|error| error.to_string())
}

fn limited(from: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_PLAN + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_PLAN {
        return Err(std::io::Error::other("the plan is larger than 16 MiB; split it"));
    }
    Ok(bytes)
}

async fn measure(plan: &Plan, arguments: &Arguments) -> Observations {
    let mut vantage = vantage::from_environment();
    match arguments.vantage {
        Some(Place::InCluster) => vantage.kind = VantageKind::InCluster,
        Some(Place::Local) => vantage.kind = VantageKind::Local,
        None => {}
    }
    if let Some(labels) = &arguments.labels {
        vantage.labels = vantage::labels(labels);
    }
    let mut options = Options::new(vantage);
    options.allow.clone_from(&arguments.allow_address);
    options.max_targets = arguments.max_targets;
    if let Some(path) = &arguments.resolv_conf {
        options.resolver = ResolverConfig::read(path).filter(|config| !config.servers.is_empty());
        options.vantage.resolver = options.resolver.as_ref().map(ResolverConfig::facts);
    }
    let (handle, stop) = Stop::new();
    options.stop = Some(stop);
    let signals = tokio::spawn(async move {
        terminated().await;
        handle.pull();
    });
    let observations = run(plan, &options).await;
    signals.abort();
    observations
}

/// The kubelet's SIGTERM, or Ctrl-C.
#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
async fn terminated() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn print(observations: &Observations, arguments: &Arguments) -> std::io::Result<()> {
    let printed = match arguments.format {
        Format::Text => text::table(observations),
        Format::Json if arguments.bare => {
            format!("{}\n", serde_json::to_string_pretty(observations)?)
        }
        Format::Json => envelope::wrap(observations)?,
    };
    let mut out = std::io::stdout().lock();
    out.write_all(printed.as_bytes())?;
    out.flush()?;
    // Only where Kubernetes (or the caller) put the file: nothing is created.
    if let Ok(mut log) = std::fs::OpenOptions::new().write(true).truncate(true).open(&arguments.termination_log) {
        let message = termination(observations);
        let _ = log.write_all(message.as_bytes());
    }
    Ok(())
}

/// The digest and the counts, so that a lost log is noticed.
fn termination(observations: &Observations) -> String {
    let counts: serde_json::Map<String, serde_json::Value> = Outcome::ALL
        .iter()
        .map(|outcome| {
            let count = observations.results.iter().filter(|row| row.outcome == *outcome).count();
            (outcome.word().to_owned(), count.into())
        })
        .collect();
    let message = serde_json::json!({
        "observations": observations.digest().unwrap_or_default(),
        "plan": observations.plan,
        "run": observations.run.as_deref().map(|run| run.chars().take(200).collect::<String>()),
        "cut_short": observations.cut_short,
        "results": counts,
    })
    .to_string();
    message.chars().take(MAX_TERMINATION).collect()
}
