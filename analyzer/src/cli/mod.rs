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
mod fixes;
mod fleet;
#[cfg(feature = "live")]
mod follow;
mod implied;
mod input;
#[cfg(feature = "live")]
mod job;
mod man;
#[cfg(feature = "mcp")]
mod mcp;
mod nothing;
mod output;
mod plan;
mod plugin;
#[cfg(feature = "live")]
mod probe;
mod render;
mod request;
#[cfg(feature = "live")]
mod run;
#[cfg(feature = "live")]
mod snapshot;
mod subjects;
mod trace;
#[cfg(feature = "live")]
mod via;
mod word;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches as _;
use plugin::Invocation;

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
    let words: Vec<OsString> = std::env::args_os().collect();
    let invocation = Invocation::of(&words);
    if invocation == Invocation::Completion {
        // As which program: the word that asks for completion is the same for both.
        let called = Invocation::of(words.get(..1).unwrap_or_default());
        let asked = words.iter().position(|word| word == "__complete").map_or(1, |at| at + 1);
        let candidates = completions::complete(called, words.get(asked..).unwrap_or_default());
        // Nobody is left to be told where they cannot be printed.
        let _ = std::io::Write::write_all(&mut std::io::stdout(), candidates.as_bytes());
        return ExitCode::from(OK);
    }
    let words = implied::command(words, &invocation.command());
    let words = if invocation == Invocation::Plugin { plugin::words(words) } else { Ok(words) };
    // A closed pipe (`kubereach … | head`) is the reader's choice, not an error.
    let (words, file) = match words.and_then(config::extend) {
        Ok(extended) => extended,
        Err(failure) => return failed(&failure, invocation),
    };
    let parsed = invocation.command().try_get_matches_from(words);
    let mut arguments = match parsed.and_then(|matches| args::Cli::from_arg_matches(&matches)) {
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
        #[cfg(feature = "live")]
        args::Command::Run(command) => command.accept.file = file,
        _ => {}
    }
    let outcome = match arguments.command {
        args::Command::Check(command) => check::run(&command),
        args::Command::Trace(command) => trace::run(&command),
        args::Command::Request(command) => request::run(command),
        args::Command::Can(command) => can::run(command),
        args::Command::Diff(command) => diff::run(&command),
        #[cfg(feature = "live")]
        args::Command::Snapshot(command) => snapshot::run(&command),
        args::Command::Plan(command) => plan::run(&command),
        #[cfg(feature = "live")]
        args::Command::Job(command) => job::run(&command),
        args::Command::Collect(command) => collect::run(&command),
        #[cfg(feature = "live")]
        args::Command::Probe(command) => probe::run(&command),
        #[cfg(feature = "live")]
        args::Command::Run(command) => run::run(&command),
        args::Command::Explain(command) => explain::run(&command),
        #[cfg(feature = "mcp")]
        args::Command::Mcp(command) => mcp::run(&command),
        args::Command::Completions(command) => completions::run(&command),
        args::Command::Man(command) => man::run(&command),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) if failure.is_closed_pipe() => ExitCode::from(OK),
        Err(failure) => failed(&failure, invocation),
    }
}

fn failed(failure: &Failure, invocation: Invocation) -> ExitCode {
    let message = failure.message(invocation.name());
    anstream::eprintln!("kubereach: {}", kubereach_reports::secrets::mask(&message).unwrap_or(message));
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

    fn message(&self, called: &str) -> String {
        match self {
            Self::Usage(text) => format!("{text}\nSee '{called} --help'."),
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

impl From<kubereach_intake::IntakeError> for Failure {
    fn from(error: kubereach_intake::IntakeError) -> Self {
        Self::Nothing(error.to_string())
    }
}

impl From<kubereach_engine::change::ChangeError> for Failure {
    fn from(error: kubereach_engine::change::ChangeError) -> Self {
        match error {
            kubereach_engine::change::ChangeError::SeveralClusters { .. }
            | kubereach_engine::change::ChangeError::Asked(_) => Self::Usage(error.to_string()),
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
