//! The command line: one file per command.

mod accept;
mod args;
mod can;
mod check;
mod collect;
mod completions;
mod config;
mod diff;
mod each;
mod explain;
mod follow;
mod input;
mod job;
mod man;
mod output;
mod plan;
mod probe;
mod run;
mod snapshot;
mod trace;
mod via;

use std::process::ExitCode;

use clap::Parser;

/// Done, and under the gate.
const OK: u8 = 0;
/// The gate tripped.
const GATE: u8 = 1;
/// Usage error.
const USAGE: u8 = 2;
/// Nothing could be analyzed.
const NOTHING: u8 = 3;

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    // A closed pipe (`kubereach … | head`) is the reader's choice, not an error.
    let (words, file) = match config::extend(std::env::args_os().collect()) {
        Ok(extended) => extended,
        Err(failure) => return failed(&failure),
    };
    let mut arguments = match args::Cli::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { USAGE } else { OK };
            // Nothing is left to do where even the message cannot be printed.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match &mut arguments.command {
        args::Command::Check(command) => command.accept.file = file,
        args::Command::Diff(command) => command.accept.file = file,
        args::Command::Trace(command) => command.accept.file = file,
        args::Command::Run(command) => command.accept.file = file,
        _ => {}
    }
    let outcome = match arguments.command {
        args::Command::Check(command) => check::run(&command),
        args::Command::Trace(command) => trace::run(&command),
        args::Command::Can(command) => can::run(command),
        args::Command::Diff(command) => diff::run(&command),
        args::Command::Snapshot(command) => snapshot::run(&command),
        args::Command::Plan(command) => plan::run(&command),
        args::Command::Job(command) => job::run(&command),
        args::Command::Collect(command) => collect::run(&command),
        args::Command::Probe(command) => probe::run(&command),
        args::Command::Run(command) => run::run(&command),
        args::Command::Explain(command) => explain::run(&command),
        args::Command::Completions(command) => completions::run(&command),
        args::Command::Man => man::run(),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) if failure.is_closed_pipe() => ExitCode::from(OK),
        Err(failure) => failed(&failure),
    }
}

fn failed(failure: &Failure) -> ExitCode {
    anstream::eprintln!("kubereach: {}", failure.message());
    ExitCode::from(failure.code())
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The words of the command line do not fit.
    Usage(String),
    /// Nothing could be analyzed.
    Nothing(String),
    /// The output could not be written.
    Output(anyhow::Error),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => USAGE,
            Self::Nothing(_) | Self::Output(_) => NOTHING,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Usage(text) => format!("{text}\nSee 'kubereach --help'."),
            Self::Nothing(text) => text.clone(),
            Self::Output(error) => format!("{error:#}"),
        }
    }

    fn is_closed_pipe(&self) -> bool {
        let Self::Output(error) = self else { return false };
        error.chain().any(|cause| {
            let io = cause.downcast_ref::<std::io::Error>();
            io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
        })
    }
}

impl From<kubereach::intake::IntakeError> for Failure {
    fn from(error: kubereach::intake::IntakeError) -> Self {
        Self::Nothing(error.to_string())
    }
}

impl From<kubereach::change::ChangeError> for Failure {
    fn from(error: kubereach::change::ChangeError) -> Self {
        match error {
            kubereach::change::ChangeError::SeveralClusters { .. } => Self::Usage(error.to_string()),
            _ => Self::Nothing(error.to_string()),
        }
    }
}

impl From<kubereach_reports::render::RenderError> for Failure {
    fn from(error: kubereach_reports::render::RenderError) -> Self {
        Self::Output(error.into())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(anyhow::Error::new(error).context("the output could not be written"))
    }
}
