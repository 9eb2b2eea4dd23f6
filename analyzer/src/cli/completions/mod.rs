//! `kubereach completions`

use clap::ValueEnum;
use clap_complete::Shell as Known;

use super::plugin::{Invocation, SCRIPT};
use super::{Failure, OK, args};

/// Who completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// elvish
    Elvish,
    /// `PowerShell`
    Powershell,
    /// kubectl, for 'kubectl reach': the file `kubectl_complete-reach`
    Kubectl,
}

/// Prints the completions of a shell.
pub(super) fn run(command: &args::Completions) -> Result<u8, Failure> {
    let shell = match command.shell {
        Shell::Bash => Known::Bash,
        Shell::Zsh => Known::Zsh,
        Shell::Fish => Known::Fish,
        Shell::Elvish => Known::Elvish,
        Shell::Powershell => Known::PowerShell,
        Shell::Kubectl => {
            std::io::Write::write_all(&mut std::io::stdout().lock(), SCRIPT.as_bytes())?;
            return Ok(OK);
        }
    };
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Invocation::Own.command(), "kubereach", &mut bytes);
    std::io::Write::write_all(&mut std::io::stdout().lock(), &bytes)?;
    Ok(OK)
}
