//! What is accepted beforehand, so that it does not trip the gate: the same for every command that judges.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kubereach_engine::gate::baseline::Baseline;
use kubereach_engine::gate::{Honour, Rules};
use kubereach_model::snapshot::Thresholds;

use super::Failure;
use super::config::Loaded;

/// Whose word counts.
#[derive(Debug, Args)]
#[command(next_help_heading = "Accepted findings")]
pub(super) struct AcceptFlags {
    /// Options, [[ignore]] and [checks] tables; else kubereach.toml in this directory or above, up to the
    /// repository's root
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Do not look for kubereach.toml
    #[arg(long)]
    pub no_config: bool,
    /// Accept the findings in this file, which 'check --write-baseline' wrote
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Whose annotations kubereach/ignore.CODE count: those of manifests, of dumps too, or none
    #[arg(long, value_enum, default_value_t = Annotations::Manifests, value_name = "WHOSE")]
    pub ignore_annotations: Annotations,
    /// Manifests: Kubernetes objects that could not be read do not trip the gate
    #[arg(long)]
    pub allow_unreadable: bool,
    /// What kubereach.toml adds to the above.
    #[arg(skip)]
    pub file: Option<Loaded>,
}

/// Whether they are listed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Accepted findings")]
pub(super) struct ListFlags {
    /// List the suppressed findings too (text, Markdown, HTML, SARIF)
    #[arg(long)]
    pub show_suppressed: bool,
}

/// Whose annotations accept findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Annotations {
    /// Manifests, which were reviewed with the change
    Manifests,
    /// Objects from a cluster too, whoever annotated them
    All,
    /// Nobody's
    None,
}

impl AcceptFlags {
    /// What the run accepts. `partial`: only a part of the input is judged.
    pub(super) fn rules(&self, fail_on: &str, existing: bool, partial: bool) -> Result<Rules, Failure> {
        let baseline = self.baseline.as_ref().map(|path| {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failure::Usage(format!("--baseline {}: cannot be read: {error}", path.display())))?;
            Baseline::parse(&path.to_string_lossy(), &text).map_err(|error| Failure::Usage(error.to_string()))
        });
        let file = self.file.as_ref();
        Ok(Rules {
            fail_on: fail_on.to_owned(),
            existing,
            config: file.map(|file| file.path.clone()),
            ignores: file.map(|file| file.ignores.clone()).unwrap_or_default(),
            ungated: file.map(|file| file.checks.ungated.clone()).unwrap_or_default(),
            honour: match self.ignore_annotations {
                Annotations::Manifests => Honour::Manifests,
                Annotations::All => Honour::All,
                Annotations::None => Honour::None,
            },
            baseline: baseline.transpose()?,
            today: today(),
            partial,
            allow_unreadable: self.allow_unreadable,
        })
    }

    /// From when checks say something.
    pub(super) fn thresholds(&self) -> Thresholds {
        self.file.as_ref().map(|file| file.checks.thresholds).unwrap_or_default()
    }
}

/// The date in UTC: the same run on two machines of one moment accepts the same.
fn today() -> jiff::civil::Date {
    let now = jiff::Timestamp::now().to_string();
    // RFC 3339 begins with the date. Without a clock nothing has expired.
    now.get(..10).and_then(|date| date.parse().ok()).unwrap_or(jiff::civil::Date::MIN)
}
