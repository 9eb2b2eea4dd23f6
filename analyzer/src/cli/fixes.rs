//! Whether repairs are proved.

use clap::{Args, ValueEnum};
use kubereach_engine::fix::Limits;
use kubereach_engine::{AnalysisOptions, fix};
use kubereach_intake::Intake;
use kubereach_reports::report::Report;

/// Repairs of what is found.
#[derive(Debug, Args)]
pub(super) struct FixFlags {
    /// Prove repairs of what is found by judging again: within limits of time (auto), all of them, or none
    #[arg(help_heading = super::args::heading::OUTPUT, long, value_enum, default_value_t = When::Auto, value_name = "auto|all|never", hide_possible_values = true)]
    pub fixes: When,
}

/// How many repairs are proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// As many as are worth waiting for.
    Auto,
    /// All.
    All,
    /// None.
    Never,
}

impl FixFlags {
    /// Adds the repairs that are proved to a report on what was read.
    pub(super) fn offer(&self, report: &mut Report, read: &Intake, options: &AnalysisOptions) {
        let limits = match self.fixes {
            When::Auto => Limits::USUAL,
            When::All => Limits::ASKED,
            When::Never => return,
        };
        fix::offer(report, read, &options.intake, limits);
    }
}
