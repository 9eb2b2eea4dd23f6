//! `run`: from a plan to Jobs in a live cluster, to their results, and back to nothing left behind.
//!
//! [`prepare`] only reads: who is measured as, what is missing, who would take the pod for one of theirs, what the
//! API server would say (dry run). [`execute`] creates, watches, collects and deletes, and deletes also when it
//! is interrupted, out of time, or fails. Whatever keeps a vantage from measuring is a row of [`Trouble`]: *not
//! tested*, never a statement about a target. Only [`writer`] can change a cluster.

mod access;
mod cleanup;
mod diagnose;
mod drive;
mod fit;
mod origin;
mod preflight;
mod prober_pod;
mod result;
mod stop;
mod trouble;
mod writer;

use std::time::{Duration, Instant};

use kubereach_prober::observations::Vantage;
use kubereach_prober::words::VantageKind;
use kubereach_prober::{Observations, Plan};

pub use access::{NEEDS, Need};
pub use cleanup::{Leftover, Leftovers, leftovers, remove};
pub use drive::execute;
pub use origin::{From, OriginError};
pub use preflight::prepare;
pub use trouble::{Row, Trouble};
pub use writer::{Kind, Ours};

use crate::cluster::{LiveError, Target};
use crate::job;

/// Jobs that run at the same time; further ones wait.
pub const PARALLEL: usize = 4;

/// How to run.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Which cluster, and as whom.
    pub target: Target,
    /// Whom to measure as.
    pub from: Vec<From>,
    /// Namespace of vantages that name none; else the context's.
    pub namespace: Option<String>,
    /// Image, node, tolerations and the rest of every Job.
    pub options: job::JobOptions,
    /// How long a pod may take until its prober runs.
    pub start: Duration,
    /// When everything is over, except for the deleting.
    pub deadline: Instant,
    /// Create pods although something would take them for one of its own.
    pub accept_hazards: bool,
    /// Ask the API server what it would say, before anything is created.
    pub server_dry_run: bool,
    /// Beside Ctrl-C: ends the run when its number grows, as often as it does.
    pub stop: Option<tokio::sync::watch::Receiver<u32>>,
}

/// What would be run.
#[derive(Debug)]
pub struct Prepared {
    /// The context, or `in-cluster`.
    pub context: String,
    /// The API server's URL.
    pub server: String,
    /// In-cluster vantages.
    pub vantages: Vec<Ready>,
    /// The plan, where this machine is a vantage, too.
    pub local: Option<Plan>,
}

/// A vantage, looked into.
#[derive(Debug)]
pub struct Ready {
    /// Who is measured as, in words.
    pub from: String,
    /// Where.
    pub namespace: String,
    /// The objects.
    pub manifests: job::Manifests,
    /// What became of the client's labels, and who would take the pod for one of theirs.
    pub review: job::Review,
    /// The pod's identity.
    pub identity: Vantage,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// Why nothing can be measured from here.
    pub blocked: Option<(Trouble, String)>,
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Done {
    /// Everything that was seen, and that which was *not tested*, as observations with a name each.
    pub observations: Vec<(String, Observations)>,
    /// Vantages that measured nothing, or not everything.
    pub failures: Vec<Failure>,
    /// Worth saying.
    pub remarks: Vec<String>,
    /// A result came back.
    pub measured: bool,
    /// What could not be deleted, and why.
    pub left: Vec<(Ours, String)>,
    /// Ended from outside.
    pub interrupted: bool,
}

/// Why one Job measured nothing.
#[derive(Debug, Clone)]
pub struct Failure {
    /// From where it was to measure.
    pub from: String,
    /// The row of the table.
    pub trouble: Trouble,
    /// What was said about it.
    pub detail: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not tested from {}: {}", self.from, self.trouble.words(&self.detail))
    }
}

/// Why nothing was run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No cluster.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// Nobody to measure as.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// No objects for the plan.
    #[error(transparent)]
    Job(#[from] job::JobError),
    /// Something would take the pod for one of its own.
    #[error("nothing was created, because something of the cluster would count on the prober's pod: {}", .0.join("; "))]
    Hazards(Vec<String>),
    /// Only the words of the kubeconfig are known, and they name no namespace.
    #[error("'{0}' cannot be the name of a namespace")]
    Namespace(String),
}

/// The identity of the pods of these options.
fn identity(options: &job::JobOptions, manifests: &job::Manifests) -> Vantage {
    let mut vantage = Vantage::new(VantageKind::InCluster);
    vantage.namespace = Some(options.namespace.clone());
    vantage.service_account.clone_from(&options.service_account);
    let template = manifests.runs.first().and_then(|run| run.job.spec.as_ref()).map(|spec| &spec.template);
    let labels = template.and_then(|t| t.metadata.as_ref()).and_then(|m| m.labels.clone());
    vantage.labels = labels.unwrap_or_default();
    vantage
}
