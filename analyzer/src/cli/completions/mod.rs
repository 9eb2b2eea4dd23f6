//! `kubereach completions`
//!
//! bash, zsh and fish ask the program itself, as kubectl does: it knows the kinds, formats and codes, and reads the
//! namespaces and names of the inputs that the line names. clap's own way to do so (`CompleteEnv`) stands behind a
//! feature that is unstable. The other shells get what clap writes once for all.

mod complete;

use clap::ValueEnum;
use clap_complete::Shell as Known;

use super::plugin::Invocation;
use super::{Failure, OK, args};

pub(super) use complete::{SCRIPT, complete};

const BASH: &str = include_str!("bash.sh");
const ZSH: &str = include_str!("zsh.sh");
const FISH: &str = include_str!("fish.fish");

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
    let mut bytes = Vec::new();
    let mut made =
        |shell: Known| clap_complete::generate(shell, &mut Invocation::Own.command(), "kubereach", &mut bytes);
    match command.shell {
        Shell::Elvish => made(Known::Elvish),
        Shell::Powershell => made(Known::PowerShell),
        Shell::Bash => bytes.extend(BASH.bytes()),
        Shell::Zsh => bytes.extend(ZSH.bytes()),
        Shell::Fish => bytes.extend(FISH.bytes()),
        Shell::Kubectl => bytes.extend(SCRIPT.bytes()),
    }
    std::io::Write::write_all(&mut std::io::stdout().lock(), &bytes)?;
    Ok(OK)
}
