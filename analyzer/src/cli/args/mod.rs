//! The words of the command line (`docs/design.md#command-line`).

#[cfg(feature = "live")]
mod live;
mod request;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::accept::{AcceptFlags, ListFlags};
use super::each::EachFlags;
use super::fixes::FixFlags;
#[cfg(feature = "live")]
use super::follow::FollowFlags;
use super::subjects::Subjects;
#[cfg(feature = "live")]
use super::via::Via;

pub(super) use request::Request;

#[cfg(feature = "live")]
pub(super) use live::{ClusterFlags, Job, LiveFlags, Probe, SnapshotArgs, WhomFlags, parse_time, range};

/// Can traffic get to this app and, if not, exactly where and why does it break?
#[derive(Debug, Parser)]
#[command(
    name = "kubereach",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  \
        kubereach bundle.tar.gz                            judge everything in a support bundle (check)\n  \
        kubereach check bundle.tar.gz -o report.html       and write a report to attach to a ticket\n  \
        kubereach trace ingress/web -n shop bundle.tar.gz  one entry, hop by hop\n  \
        kubereach explain service/selects-no-pod           what a finding code means\n\n\
        Exit codes: 0 under the gate, 1 the gate tripped (--fail-on), 2 usage, 3 nothing could be analyzed."
)]
pub(super) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[allow(clippy::large_enum_variant, reason = "there is one, for as long as the program runs")]
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Analyze dumps, bundles or manifests and report
    Check(Check),
    /// One subject, hop by hop: every path and segment with its evidence
    Trace(Trace),
    /// What happens to this request: which door and rule take it, and what the client gets
    Request(Request),
    /// May SOURCE reach DEST? Which network policies decide, per pod
    Can(Can),
    /// Which problems two snapshots (or two JSON reports) do not share: introduced, fixed, unchanged
    Diff(Diff),
    #[cfg(feature = "live")]
    /// Read a live cluster, read-only, into one file that check reads, with its coverage record
    Snapshot(SnapshotArgs),
    /// What to measure, and why: the probe plan of an input
    Plan(Plan),
    #[cfg(feature = "live")]
    /// Print the manifests that run the prober with a plan in the cluster
    Job(Box<Job>),
    /// Take the prober's results out of pod logs, verified
    Collect(Collect),
    #[cfg(feature = "live")]
    /// Run a plan from this machine
    Probe(Probe),
    #[cfg(feature = "live")]
    /// Measure in a live cluster: plan, Job, results and report in one; cleaned up afterwards
    Run(Box<super::run::Run>),
    /// The page of one finding code; with no argument, the list
    Explain(Explain),
    #[cfg(feature = "mcp")]
    /// Serve the analysis to an assistant (Model Context Protocol), read-only
    Mcp(Box<super::mcp::Mcp>),
    /// Print shell completions
    Completions(Completions),
    /// Print the man page, of the program or of one command
    Man(Man),
}

/// Headings of the help, in the order in which they stand there.
pub(super) mod heading {
    /// What is read and judged, and how.
    pub(in crate::cli) const JUDGE: &str = "What to judge";
    /// What is printed and written.
    pub(in crate::cli) const OUTPUT: &str = "Output";
    /// When it ends with 1.
    pub(in crate::cli) const GATE: &str = "Gate";
    /// What was measured.
    pub(in crate::cli) const MEASURED: &str = "Measurements";
    /// A cluster instead of files.
    #[cfg(feature = "live")]
    pub(in crate::cli) const LIVE: &str = "Live cluster";
    /// What nobody needs.
    pub(in crate::cli) const LIMITS: &str = "Limits against hostile input";
}

/// What to read and how. Commands have it last, so that the live cluster and the limits end their help.
#[derive(Debug, Args)]
pub(super) struct Reading {
    /// Files, directories, archives (.tar .tar.gz .tar.xz .tar.zst .zip .gz) or `-` for standard input
    #[cfg_attr(feature = "live", arg(required_unless_present = "live", value_name = "INPUT"))]
    #[cfg_attr(not(feature = "live"), arg(required = true, value_name = "INPUT"))]
    pub inputs: Vec<PathBuf>,
    /// Treat the input as the whole cluster: what it does not hold does not exist. With =KINDS only
    /// for these kinds, optionally in one namespace: =Service,ConfigMap/ns=shop; 'workloads' are pods and all
    /// kinds that make them
    #[arg(help_heading = heading::JUDGE, long, value_name = "KINDS", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    pub assume_complete: Vec<String>,
    /// What was not read and may stand in the way of traffic (network policies, the content of Secrets) counts as
    /// unknown, and is not assumed to be harmless
    #[arg(help_heading = heading::JUDGE, long)]
    pub strict: bool,
    /// Render a folder that is named here: a Kustomize folder with kustomize or kubectl, a Helm chart with helm, as
    /// found on the PATH; without plugins and without the network
    #[arg(help_heading = heading::JUDGE, long)]
    pub render: bool,
    /// Read what the releases in Helm's own Secrets applied as desired state, where the cluster's objects were not read
    #[arg(help_heading = heading::JUDGE, long)]
    pub helm_releases: bool,
    /// The version of Kubernetes that manifests are for, such as 1.34: what it no longer serves is broken, what it
    /// still serves is not mentioned
    #[arg(help_heading = heading::JUDGE, long, value_name = "VERSION", value_parser = super::input::minor)]
    pub kubernetes_version: Option<u16>,
    /// Namespace of manifests that name none
    #[arg(help_heading = heading::JUDGE, long, value_name = "NAMESPACE", default_value = "default")]
    pub default_namespace: String,
    /// Name shown for standard input
    #[arg(help_heading = heading::JUDGE, long, value_name = "NAME", default_value = "-")]
    pub stdin_name: String,
    /// Show a progress bar on standard error
    #[arg(help_heading = heading::OUTPUT, long, value_enum, default_value_t = When::Auto, hide_possible_values = true, value_name = "auto|never")]
    pub progress: When,
    /// Colour
    #[arg(help_heading = heading::OUTPUT, long, value_enum, default_value_t = ColorWhen::Auto)]
    pub color: ColorWhen,
    #[cfg(feature = "live")]
    #[command(flatten)]
    pub live: LiveFlags,
    #[command(flatten)]
    pub limits: LimitFlags,
}

/// What was measured.
#[derive(Debug, Args)]
pub(super) struct Measured {
    /// Merge what a prober measured: a file of kubereach-prober or 'kubereach collect', or `-`
    /// (repeatable)
    #[arg(help_heading = heading::MEASURED, long, value_name = "FILE")]
    pub observations: Vec<PathBuf>,
    #[cfg(feature = "live")]
    /// With --live: also have the API server relay GETs to the Services and pods of the paths. An application sees
    /// those requests; what they show is indirect and decides no verdict
    #[arg(help_heading = heading::MEASURED, long, value_enum, value_name = "VANTAGE", requires = "live")]
    pub via: Option<Via>,
}

/// How a report is printed and written: the same for every command that makes one.
#[derive(Debug, Args)]
pub(super) struct ReportFlags {
    #[arg(help_heading = heading::OUTPUT, long, value_name = "FORMAT", hide_possible_values = true, value_parser = super::output::formats(), help = super::output::help())]
    pub format: Option<kubereach_reports::render::Format>,
    /// Also write to a file; its ending names the format (.html .md .json .jsonl .sarif .xml .txt), or the
    /// format stands before it, as in gitlab:quality.json (repeatable)
    #[arg(help_heading = heading::OUTPUT, short, long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// In whose words: an operator is told what to do, support what to ask the customer for, with one message at the
    /// end that asks for all of it [default: support for support bundles, else operator]
    #[arg(help_heading = heading::OUTPUT, long = "for", value_name = "operator|support", hide_possible_values = true, value_parser = super::output::audiences())]
    pub audience: Option<kubereach_reports::render::Audience>,
    /// Print the counts only
    #[arg(help_heading = heading::OUTPUT, short, long)]
    pub quiet: bool,
    /// Print the first screen only: the answer without its details (text, Markdown, Jira, Slack)
    #[arg(help_heading = heading::OUTPUT, long)]
    pub summary_only: bool,
}

/// Limits against hostile input; each has a default that real dumps do not reach.
#[derive(Debug, Args)]
#[command(next_help_heading = heading::LIMITS)]
pub(super) struct LimitFlags {
    /// Largest file or archive member, in bytes after decompression
    #[arg(long, value_name = "BYTES", hide_short_help = true)]
    pub max_member_bytes: Option<u64>,
    /// Most bytes of one input after decompression
    #[arg(long, value_name = "BYTES", hide_short_help = true)]
    pub max_total_bytes: Option<u64>,
    /// Most bytes that one compressed byte may become
    #[arg(long, value_name = "RATIO", hide_short_help = true)]
    pub max_ratio: Option<u64>,
    /// Most members of an archive or directory
    #[arg(long, value_name = "COUNT", hide_short_help = true)]
    pub max_members: Option<usize>,
    /// Deepest nesting of a document
    #[arg(long, value_name = "LEVELS", hide_short_help = true)]
    pub max_depth: Option<usize>,
    /// Most objects from one file
    #[arg(long, value_name = "COUNT", hide_short_help = true)]
    pub max_objects: Option<usize>,
}

/// When to show progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// Where a person watches.
    Auto,
    /// Never.
    Never,
}

/// When to print colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `kubereach check`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    kubereach check support-bundle.tar.gz -o report.html -o report.json\n  \
    kubectl get svc,ingress,pods,endpointslices,networkpolicies -A -o yaml | kubereach check -\n  \
    helm template ./chart | kubereach check - --assume-complete=Service,workloads\n  \
    kubereach check dump.tar.gz --observations measured.json\n  \
    kustomize build overlays/prod | kubereach check - --on-top-of cluster.tar.gz\n  \
    kubereach check dump/ -n shop --kind Ingress --fail-on degraded\n  \
    kubereach check deploy/ --format github -o kubereach.sarif -o junit.xml\n  \
    kubereach check --live --context prod -n shop\n  \
    kubereach check --each dumps/ 'more/**/*.tar.gz' --format jsonl -o 'html:reports/{bundle}.html'")]
pub(super) struct Check {
    #[command(flatten, next_help_heading = heading::JUDGE)]
    pub subjects: Subjects,
    #[command(flatten)]
    pub report: ReportFlags,
    #[command(flatten)]
    pub fixes: FixFlags,
    /// Show every line of the snapshot's coverage
    #[arg(help_heading = heading::OUTPUT, long)]
    pub show_coverage: bool,
    /// Print at most this many subjects in detail
    #[arg(help_heading = heading::OUTPUT, long, value_name = "COUNT")]
    pub max_subjects: Option<usize>,
    /// Exit with 1 if a subject is this bad or worse
    #[arg(help_heading = heading::GATE, long, value_enum, value_name = "VERDICT", default_value_t = FailOn::Broken)]
    pub fail_on: FailOn,
    #[command(flatten)]
    pub accept: AcceptFlags,
    #[command(flatten)]
    pub list: ListFlags,
    /// Write what was found into this file and end with 0
    #[arg(long, value_name = "FILE", help_heading = "Accepted findings")]
    pub write_baseline: Option<PathBuf>,
    #[command(flatten)]
    pub change: ChangeFlags,
    #[command(flatten)]
    pub measured: Measured,
    #[command(flatten)]
    pub each: EachFlags,
    #[cfg(feature = "live")]
    #[command(flatten)]
    pub follow: FollowFlags,
    #[command(flatten)]
    pub reading: Reading,
}

/// The input as a change to a cluster.
#[derive(Debug, Args)]
#[command(next_help_heading = "A change on top of a cluster")]
pub(super) struct ChangeFlags {
    /// Judge INPUT (manifests) as applied over this snapshot of a cluster, before and after; the gate
    /// trips only on what the change brings (repeatable: several files of one cluster)
    #[arg(long, value_name = "SNAPSHOT")]
    pub on_top_of: Vec<PathBuf>,
    /// Objects with these labels that INPUT no longer holds are removed, as kubectl apply --prune -l
    #[arg(long, value_name = "SELECTOR", requires = "on_top_of")]
    pub prune: Option<String>,
    /// Trip the gate on what was broken before the change, too
    #[arg(long, requires = "on_top_of")]
    pub fail_on_existing: bool,
}

/// `kubereach diff`
#[derive(Debug, Args)]
#[command(
    override_usage = "kubereach diff [OPTIONS] BEFORE AFTER\n       kubereach diff [OPTIONS] BEFORE --live",
    after_help = "BEFORE and AFTER are dumps, bundles or manifests, or JSON reports written by 'kubereach check -o'.\n\n\
        Examples:\n  \
        kubereach diff monday.tar.gz tuesday.tar.gz\n  \
        kubereach diff last-week.json today/ --fail-on degraded -o diff.md\n\n\
        Exit codes: 0 nothing as bad as --fail-on was introduced, 1 something was, 2 usage, 3 nothing could be analyzed."
)]
pub(super) struct Diff {
    #[command(flatten, next_help_heading = heading::JUDGE)]
    pub subjects: Subjects,
    #[command(flatten)]
    pub report: ReportFlags,
    /// Exit with 1 if a subject that is this bad or worse has a problem it did not have before
    #[arg(help_heading = heading::GATE, long, value_enum, value_name = "VERDICT", default_value_t = FailOn::Broken)]
    pub fail_on: FailOn,
    /// Trip the gate on what was there before, too
    #[arg(help_heading = heading::GATE, long)]
    pub fail_on_existing: bool,
    #[command(flatten)]
    pub accept: AcceptFlags,
    #[command(flatten)]
    pub list: ListFlags,
    #[command(flatten)]
    pub reading: Reading,
}

/// When the gate trips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Something is broken
    Broken,
    /// Something is degraded or broken
    Degraded,
    /// Something is unknown, degraded or broken
    Unknown,
    /// Never
    Never,
}

impl FailOn {
    /// The word, as the report has it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Degraded => "degraded",
            Self::Unknown => "unknown",
            Self::Never => "never",
        }
    }
}

/// `kubereach trace`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    kubereach trace ingress/web support-bundle.tar.gz            the only one of that name, or which there are\n  \
    kubereach trace svc/cart -n shop dump/\n  \
    kubereach trace ingress/web -n shop dump/ --observations measured.json\n  \
    kubereach trace ingress/web -n shop --live")]
pub(super) struct Trace {
    #[arg(value_name = "KIND/NAME", help = super::trace::help())]
    pub subject: String,
    /// Namespace of the subject; without it the only one of that name is meant
    #[arg(help_heading = heading::JUDGE, short, long, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// A tree, or the subject as json
    #[arg(help_heading = heading::OUTPUT, long, value_name = "text|json", hide_possible_values = true, value_parser = ["text", "json"], default_value = "text")]
    pub format: String,
    /// In whose words: what to do, or what to ask the customer for [default: support for support bundles, else operator]
    #[arg(help_heading = heading::OUTPUT, long = "for", value_name = "operator|support", hide_possible_values = true, value_parser = super::output::audiences())]
    pub audience: Option<kubereach_reports::render::Audience>,
    #[command(flatten)]
    pub fixes: FixFlags,
    #[command(flatten)]
    pub accept: AcceptFlags,
    #[command(flatten)]
    pub measured: Measured,
    #[command(flatten)]
    pub reading: Reading,
}

/// `kubereach can`
#[derive(Debug, Args)]
#[command(
    override_usage = "kubereach can SOURCE DEST[:PORT] INPUT...\n       \
        kubereach can --from-all DEST[:PORT] INPUT...\n       \
        kubereach can SOURCE --to-all INPUT...\n       \
        kubereach can --from-all --to-all [--port PORT] INPUT...\n       \
        kubereach can --queries FILE INPUT...",
    after_help = "SOURCE and DEST: [NAMESPACE/]KIND/NAME, NAMESPACE/POD, an IP address or 'external'. KIND is a pod or a\n\
        workload; of SOURCE also an Ingress, Gateway, route or another door: whoever carries its traffic. DEST\n\
        also a Service, whose port is translated for each pod behind it, or 'dns', the cluster's DNS. A port is\n\
        a number or a name.\n\n\
        Examples:\n  \
        kubereach can deployment/web service/cart:80 -n shop dump/\n  \
        kubereach can external shop/web-5d9c:8080 bundle.tar.gz --explain\n  \
        kubereach can ingress/web service/web:80 -n shop dump/     the pods of its controller\n  \
        kubereach can deployment/web dns -n shop dump/             can it resolve names?\n  \
        kubereach can deployment/web default/service/kubernetes:443 -n shop dump/\n  \
        kubereach can deployment/web service/db:5432 -n shop manifests/ --portable\n  \
        kubereach can --from-all service/db:5432 -n shop dump/\n  \
        kubereach can --queries questions.jsonl dump/ > answers.jsonl\n\n\
        A query is a line {\"id\":1,\"from\":\"shop/web-1\",\"to\":\"shop/cart-1\",\"protocol\":\"TCP\",\"port\":8080}; it\n\
        may also have method, path, host, headers (an object), principal and sni.\n\n\
        Exit codes: 0 allowed (and for matrices and query files), 1 denied, 4 cannot be decided (also where it\n\
        depends on the port and none is named), 2 usage, 3 nothing could be analyzed."
)]
pub(super) struct Can {
    /// Namespace of what names none
    #[arg(short, long, value_name = "NAMESPACE", default_value = "default")]
    pub namespace: String,
    /// TCP, UDP or SCTP; without it a Service's own, and all of them where no port is given
    #[arg(long, value_name = "PROTOCOL")]
    pub protocol: Option<String>,
    /// Every pod as the source
    #[arg(long)]
    pub from_all: bool,
    /// Every pod as the destination
    #[arg(long)]
    pub to_all: bool,
    /// The destination's port, where DEST is not given
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    #[command(flatten)]
    pub request: RequestFlags,
    /// Answer many questions at once: JSON lines in FILE (`-` for standard input), JSON lines out
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from_all", "to_all", "port", "explain", "format", "RequestFlags"])]
    pub queries: Option<PathBuf>,
    #[command(flatten)]
    pub more: More,
    /// text, json, markdown or csv
    #[arg(long, value_name = "FORMAT", value_parser = ["text", "json", "markdown", "csv"], default_value = "text")]
    pub format: String,
    #[command(flatten)]
    pub reading: Reading,
}

/// What to tell beside the answer
#[derive(Debug, Args)]
pub(super) struct More {
    /// Show every policy that was considered and why it did or did not decide
    #[arg(long)]
    pub explain: bool,
    /// Also the answer under each network plugin, whichever runs: they differ where the API leaves it open
    #[arg(long, conflicts_with_all = ["from_all", "to_all", "queries"])]
    pub portable: bool,
}

/// What the connections carry, for policies that look at it
#[derive(Debug, Args)]
pub(super) struct RequestFlags {
    /// The request's method, for policies of layer 7
    #[arg(long, value_name = "METHOD")]
    pub method: Option<String>,
    /// The request's path
    #[arg(long, value_name = "PATH")]
    pub path: Option<String>,
    /// The host it asks for
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// A header of it (repeatable)
    #[arg(long, value_name = "NAME:VALUE")]
    pub header: Vec<String>,
    /// The identity that the client proves in the mesh
    #[arg(long, value_name = "PRINCIPAL")]
    pub principal: Option<String>,
    /// The server name of its TLS handshake
    #[arg(long, value_name = "NAME")]
    pub sni: Option<String>,
}

/// `kubereach plan`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    kubereach plan bundle.tar.gz -o plan.json                 every path that carries traffic\n  \
    kubereach plan dump/ -n shop --kind Ingress --format text  what would be dialled, and why\n  \
    kubereach plan --live -n shop -o plan.json                of the current kube context\n  \
    kubereach plan dump/ -n shop | kubereach job - -n shop | kubectl apply -f -\n\n\
    Nothing is sent. 'kubereach job' runs the plan in the cluster, 'kubereach probe' from this machine;\n\
    'kubereach check INPUT --observations FILE' merges what was measured.")]
pub(super) struct Plan {
    #[command(flatten, next_help_heading = heading::JUDGE)]
    pub subjects: Subjects,
    /// Plan at most this many targets; what does not fit is named in the plan. 0 means no limit
    #[arg(help_heading = heading::JUDGE, long, value_name = "COUNT", default_value_t = kubereach_engine::plan::MOST)]
    pub max_targets: usize,
    /// The plan as json, or as text a table of what will be dialled and why
    #[arg(help_heading = heading::OUTPUT, long, value_name = "json|text", hide_possible_values = true, value_parser = ["json", "text"], default_value = "json")]
    pub format: String,
    /// Write the plan to a file; the table then goes to standard output if it is asked for
    #[arg(help_heading = heading::OUTPUT, short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
}

/// `kubereach collect`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    kubectl logs -n shop job/kubereach-probe-1a2b3c4d | kubereach collect - -o seen.json\n  \
    kubereach collect pod-a.log pod-b.log -o seen.json        writes seen-1.json and seen-2.json\n  \
    kubereach check bundle.tar.gz --observations seen-1.json --observations seen-2.json\n\n\
    Logs may hold other lines, time stamps (--timestamps) and prefixes (--prefix), also of several pods\n\
    mixed. A result that was cut or changed is an error; whole ones beside it are still written.")]
pub(super) struct Collect {
    /// Logs, or `-` for standard input
    #[arg(required = true, value_name = "LOGS")]
    pub logs: Vec<PathBuf>,
    /// Write to a file; several results are numbered. Otherwise one JSON document per line is printed
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `kubereach explain`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  kubereach explain\n  kubereach explain service/selects-no-pod")]
pub(super) struct Explain {
    /// A finding code
    #[arg(value_name = "CODE", hide_possible_values = true, value_parser = super::explain::codes())]
    pub code: Option<String>,
    /// Print the whole catalogue as Markdown (docs/checks.md)
    #[arg(long, hide = true)]
    pub markdown: bool,
}

/// `kubereach man`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    kubereach man | man -l -\n  \
    kubereach man check > /usr/local/share/man/man1/kubereach-check.1")]
pub(super) struct Man {
    /// The command; without it the page of the program, which names them all
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

/// `kubereach completions`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    kubereach completions bash > /etc/bash_completion.d/kubereach\n  \
    kubereach completions kubectl > /usr/local/bin/kubectl_complete-reach   and make it executable")]
pub(super) struct Completions {
    /// bash, zsh, fish, elvish, powershell, or kubectl for 'kubectl reach'
    #[arg(value_name = "SHELL", value_enum, hide_possible_values = true)]
    pub shell: super::completions::Shell,
}
