//! The words of what reads a live cluster or measures in it.

use std::path::PathBuf;

use clap::Args;

use super::When;
use crate::cli::via::Via;

/// Reading a live cluster instead of INPUT, with lists, gets and review requests only.
#[derive(Debug, Args)]
#[command(next_help_heading = super::heading::LIVE)]
pub(in crate::cli) struct LiveFlags {
    /// Read the cluster of the current kube context instead of INPUT; nothing is changed in it
    #[arg(long)]
    pub live: bool,
    #[command(flatten)]
    pub cluster: ClusterFlags,
}

/// Which cluster, and as whom.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = super::heading::LIVE)]
pub(in crate::cli) struct WhomFlags {
    /// Context of the kubeconfig
    #[arg(long, value_name = "CONTEXT")]
    pub context: Option<String>,
    /// Kubeconfig file; else $KUBECONFIG, ~/.kube/config, or the pod's service account
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Impersonate this user
    #[arg(long = "as", value_name = "USER")]
    pub as_user: Option<String>,
    /// Impersonate this group (repeatable)
    #[arg(long = "as-group", value_name = "GROUP", requires = "as_user")]
    pub as_group: Vec<String>,
}

/// Which cluster, as whom, and how long.
#[derive(Debug, Args)]
#[command(next_help_heading = super::heading::LIVE)]
pub(in crate::cli) struct ClusterFlags {
    #[command(flatten)]
    pub whom: WhomFlags,
    /// Read the public certificates of the TLS Secrets that a path names; nothing else of any Secret
    #[arg(long)]
    pub read_tls: bool,
    /// Time for reading the whole cluster: 90s, 5m, 1h
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = parse_time)]
    pub timeout: std::time::Duration,
}

/// `kubereach snapshot`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    kubereach snapshot -o prod.tar.zst\n  \
    kubereach snapshot -o shop.yaml -n shop --read-tls\n  \
    kubereach snapshot -o prod.tar.gz --pseudonyms      names, hosts and addresses replaced\n  \
    kubereach snapshot --dry-run                        what would be read\n\n\
    Values of Secrets and of environment variables, credentials in annotations, arguments and URLs, and\n\
    managedFields are dropped while reading. 'kubereach check FILE' judges the file as '--live' would.")]
pub(in crate::cli) struct SnapshotArgs {
    /// Where to: .tar.zst, .tar.gz, .yaml, a new directory, or - for YAML on standard output
    #[arg(short, long, value_name = "FILE", required_unless_present = "dry_run")]
    pub output: Option<PathBuf>,
    /// Only these namespaces, and what belongs to none (repeatable)
    #[arg(short, long, value_name = "NAMESPACE")]
    pub namespace: Vec<String>,
    /// Only these kinds (repeatable)
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<String>,
    /// Also this resource, as PLURAL.VERSION.GROUP (repeatable)
    #[arg(long, value_name = "RESOURCE")]
    pub add: Vec<kubereach_live::cluster::Gvr>,
    /// Replace names, namespaces, hosts and addresses; what stands for what goes to a separate file
    #[arg(long)]
    pub pseudonyms: bool,
    /// Where that file goes; else FILE.pseudonyms.json
    #[arg(long, value_name = "FILE", requires = "pseudonyms")]
    pub pseudonym_map: Option<PathBuf>,
    /// With the same key the same words get the same pseudonyms again
    #[arg(long, value_name = "KEY", requires = "pseudonyms", env = "KUBEREACH_PSEUDONYM_KEY", hide_env_values = true)]
    pub pseudonym_key: Option<String>,
    /// Say what would be read, and read nothing but the API server's discovery
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub cluster: ClusterFlags,
    /// Show progress on standard error
    #[arg(long, value_enum, default_value_t = When::Auto, hide_possible_values = true, value_name = "auto|never")]
    pub progress: When,
}

/// `kubereach job`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    kubereach job plan.json -n shop | kubectl apply -f -\n  \
    kubereach job plan.json -n shop --labels app=web --snapshot bundle.tar.gz   measure as the pods of web\n  \
    kubereach job plan.json -n shop --image registry.example/kubereach-prober:0.1.0 --pull-secret mirror\n\n\
    Then, before the Jobs delete themselves (10 minutes after they ended):\n  \
    kubectl logs -n shop -l kubereach.dev/run --tail=-1 --prefix | kubereach collect - -o seen.json")]
pub(in crate::cli) struct Job {
    /// A plan, or `-` for standard input
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Where the prober runs: network policies see a pod of this namespace
    #[arg(short, long, value_name = "NAMESPACE", default_value = "default")]
    pub namespace: String,
    /// Image of the prober
    #[arg(long, value_name = "IMAGE", default_value = kubereach_live::job::IMAGE)]
    pub image: String,
    /// Labels of the client to measure as, key=value,key=value (repeatable)
    #[arg(long, value_name = "LABELS")]
    pub labels: Vec<String>,
    /// What is known of the cluster: shows which Services, budgets and workloads would take the prober's pod
    /// for one of theirs (repeatable)
    #[arg(long, value_name = "INPUT")]
    pub snapshot: Vec<PathBuf>,
    /// Print the manifests although something of the cluster would count on the prober's pod
    #[arg(long)]
    pub accept_hazards: bool,
    /// Run on this node
    #[arg(long, value_name = "NODE")]
    pub node: Option<String>,
    /// Tolerate a taint: KEY, KEY=VALUE, with :EFFECT at the end if wanted, or * for all (repeatable)
    #[arg(long, value_name = "TAINT")]
    pub tolerations: Vec<String>,
    /// Secret for pulling the image (repeatable)
    #[arg(long, value_name = "NAME")]
    pub pull_secret: Vec<String>,
    /// Service account of the pod: its identity for a mesh. It gets no token
    #[arg(long, value_name = "NAME")]
    pub service_account: Option<String>,
    /// Keep service meshes from taking the pod in
    #[arg(long)]
    pub no_mesh: bool,
    /// Seconds for measuring, for each Job; from the size of the plan if not given
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(5..=86_400))]
    pub deadline: Option<u32>,
    /// Let the prober dial this address or range although it is guarded (loopback, link-local, metadata; repeatable)
    #[arg(long, value_name = "ADDRESS[/BITS]", value_parser = range)]
    pub allow_address: Vec<ipnet::IpNet>,
    /// Leave out the Role that the person who runs this needs
    #[arg(long)]
    pub no_role: bool,
    /// Write to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `kubereach probe`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    kubereach probe plan.json                       a table\n  \
    kubereach probe plan.json -o seen.json          and what 'check --observations' reads\n  \
    kubereach probe plan.json --via apiserver       the API server relays GETs to Services and pods\n\n\
    Names that only the cluster resolves and private addresses that do not answer are 'not tested' from\n\
    here, never 'unreachable'. What the API server relays bypasses kube-proxy, network policies and the mesh:\n\
    it shows whether a process answers, and decides no verdict. Whatever was found, the command ends with 0.")]
pub(in crate::cli) struct Probe {
    /// A plan, or `-` for standard input
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// text or json
    #[arg(long, value_name = "FORMAT", value_parser = ["text", "json"], default_value = "text")]
    pub format: String,
    /// Write the observations to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Dial this address or range although it is guarded (loopback, link-local, metadata; repeatable)
    #[arg(long, value_name = "ADDRESS[/BITS]", value_parser = range, conflicts_with = "via")]
    pub allow_address: Vec<ipnet::IpNet>,
    /// Have the API server of a cluster relay the plan's GETs instead of sending them from here
    #[arg(long, value_enum, value_name = "VANTAGE")]
    pub via: Option<Via>,
    #[command(flatten)]
    pub whom: WhomFlags,
    /// Measure at most this many targets
    #[arg(long, value_name = "COUNT", default_value_t = kubereach_engine::plan::MOST)]
    pub max_targets: usize,
    /// Seconds for all of it; from the size of the plan if not given
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub deadline: Option<u32>,
}

/// For clap: seconds, or a number with `s`, `m` or `h`.
pub(in crate::cli) fn parse_time(text: &str) -> Result<std::time::Duration, String> {
    let bad = || "not a time; write 90s, 5m or 1h".to_owned();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(bad()),
    };
    let number: u64 = number.parse().map_err(|_| bad())?;
    match number.saturating_mul(seconds) {
        0 => Err("no time at all; write 90s, 5m or 1h".to_owned()),
        all => Ok(std::time::Duration::from_secs(all.min(86_400))),
    }
}

/// For clap: an address, or a range of them.
pub(in crate::cli) fn range(text: &str) -> Result<ipnet::IpNet, String> {
    text.parse::<ipnet::IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(ipnet::IpNet::from))
        .map_err(|_| format!("{text:?} is neither an address nor a range such as 10.0.0.0/8"))
}
