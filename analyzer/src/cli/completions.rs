//! `kubereach completions`

use clap::CommandFactory;

use super::{Failure, OK, args};

/// Prints the completions of a shell.
pub(super) fn run(command: &args::Completions) -> Result<u8, Failure> {
    let mut bytes = Vec::new();
    clap_complete::generate(command.shell, &mut args::Cli::command(), "kubereach", &mut bytes);
    std::io::Write::write_all(&mut std::io::stdout().lock(), &bytes)?;
    Ok(OK)
}
