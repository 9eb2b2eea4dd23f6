//! The words of `kubereach run`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use kubereach_live::run::From;

use crate::cli::accept::{AcceptFlags, ListFlags};
use crate::cli::args::{ClusterFlags, ColorWhen, FailOn, ReportFlags, When, heading, parse_time, range};
use crate::cli::subjects::Subjects;
use crate::cli::via::Via;

/// `kubereach run`
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, Args)]
#[command(
    mut_arg("timeout", |arg| arg
        .help("Time for the whole: reading, starting, measuring; what is created is deleted afterwards")
        .default_value("15m")),
    after_help = "Examples:\n  \
    kubereach run -n shop                                    measure the subjects of a namespace from a pod in it\n  \
    kubereach run -n shop --from deployment/web --from local  as the pods of web, and from this machine\n  \
    kubereach run -n shop --dry-run                          print what would be created\n  \
    kubereach run -n shop --yes --fail-on degraded -o report.html\n  \
    kubereach run --cleanup                                  remove what killed runs left behind\n\n\
    Creates a ConfigMap and a Job for each vantage, after asking; reads the log, and deletes both, also on\n\
    Ctrl-C, timeout and error. What could not run is 'not tested', with its cause.\n\n\
    Exit codes: as 'check'; 3 also where nothing was measured and the gate did not trip."
)]
pub(in crate::cli) struct Run {
    /// Measure as the pods of this workload: deployment/NAME, NAMESPACE/KIND/NAME; 'neutral' for a pod with
    /// nobody's labels, 'local' for this machine (repeatable)
    #[arg(long, value_name = "VANTAGE", default_value = "neutral")]
    pub from: Vec<From>,
    /// Namespace of the prober's pod; else the one of -n, else the context's
    #[arg(long = "in", value_name = "NAMESPACE")]
    pub place: Option<String>,
    /// Create without asking, for scripts
    #[arg(short, long)]
    pub yes: bool,
    /// Print what would be created, and create nothing
    #[arg(long, conflicts_with = "cleanup")]
    pub dry_run: bool,
    /// Remove what killed runs left behind (of one run, with its name), and measure nothing
    #[arg(long, value_name = "RUN", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub cleanup: Option<String>,

    #[command(flatten, next_help_heading = "What to measure")]
    pub subjects: Subjects,
    /// Measure at most this many targets. 0 means no limit
    #[arg(long, value_name = "COUNT", default_value_t = kubereach_engine::plan::MOST, help_heading = "What to measure")]
    pub max_targets: usize,
    /// Merge what a prober measured elsewhere: a file of kubereach-prober or 'kubereach collect', or `-`
    /// (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "What to measure")]
    pub observations: Vec<PathBuf>,
    /// Measure through the API server, too: it relays GETs to Services and pods, which localizes and never decides
    #[arg(long, value_enum, value_name = "VIA", help_heading = "What to measure")]
    pub via: Option<Via>,

    #[command(flatten)]
    pub pod: PodFlags,
    #[command(flatten)]
    pub cluster: ClusterFlags,

    #[command(flatten)]
    pub report: ReportFlags,
    /// Exit with 1 if a subject is this bad or worse
    #[arg(help_heading = heading::GATE, long, value_enum, value_name = "VERDICT", default_value_t = FailOn::Broken)]
    pub fail_on: FailOn,
    /// What was not read and may stand in the way of traffic counts as unknown
    #[arg(help_heading = heading::JUDGE, long)]
    pub strict: bool,
    /// Show every line of the snapshot's coverage
    #[arg(help_heading = heading::OUTPUT, long)]
    pub show_coverage: bool,
    /// Print at most this many subjects in detail (text)
    #[arg(help_heading = heading::OUTPUT, long, value_name = "COUNT")]
    pub max_subjects: Option<usize>,
    #[command(flatten)]
    pub accept: AcceptFlags,
    #[command(flatten)]
    pub list: ListFlags,
    /// Show progress on standard error
    #[arg(long, help_heading = heading::OUTPUT, value_enum, default_value_t = When::Auto, hide_possible_values = true, value_name = "auto|never")]
    pub progress: When,
    /// Colour
    #[arg(long, help_heading = heading::OUTPUT, value_enum, default_value_t = ColorWhen::Auto)]
    pub color: ColorWhen,
}

/// The prober's pod.
#[derive(Debug, Args)]
#[command(next_help_heading = "The prober's pod")]
pub(in crate::cli) struct PodFlags {
    /// Image of the prober
    #[arg(long, value_name = "IMAGE", default_value = kubereach_live::job::IMAGE)]
    pub image: String,
    /// Secret for pulling the image (repeatable)
    #[arg(long, value_name = "NAME")]
    pub pull_secret: Vec<String>,
    /// Run on this node
    #[arg(long, value_name = "NODE")]
    pub node: Option<String>,
    /// Tolerate a taint, beside those the client tolerates: KEY, KEY=VALUE, with :EFFECT at the end if wanted,
    /// or * for all (repeatable)
    #[arg(long, value_name = "TAINT")]
    pub tolerations: Vec<String>,
    /// Service account of the pod, its identity for a mesh; else the client's. It gets no token
    #[arg(long, value_name = "NAME")]
    pub service_account: Option<String>,
    /// Keep service meshes from taking the pod in
    #[arg(long)]
    pub no_mesh: bool,
    /// Create it although something of the cluster would count on the prober's pod
    #[arg(long)]
    pub accept_hazards: bool,
    /// Let the prober dial this address or range although it is guarded (loopback, link-local, metadata; repeatable)
    #[arg(long, value_name = "ADDRESS[/BITS]", value_parser = range)]
    pub allow_address: Vec<ipnet::IpNet>,
    /// How long a pod may take to start: pulling the image, finding a node
    #[arg(long, value_name = "TIME", default_value = "90s", value_parser = parse_time)]
    pub start: Duration,
    /// Seconds for measuring, for each Job; from the size of the plan if not given
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(5..=86_400))]
    pub deadline: Option<u32>,
}
