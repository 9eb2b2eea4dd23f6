//! Nothing is changed before somebody said so.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use crate::cli::Failure;

/// Is there somebody to ask, or was it said already?
pub(super) fn possible(yes: bool) -> Result<(), Failure> {
    if yes || (std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Ok(());
    }
    let words = "this changes the cluster and asks before it does, and there is no terminal to ask at; say --yes \
                 (--dry-run shows what would be created)";
    Err(Failure::Usage(words.to_owned()))
}

/// Asks; anything but yes is no.
pub(super) fn ask(yes: bool, question: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    let mut err = anstream::stderr();
    write!(err, "{question} [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::Nothing("nothing was changed".to_owned()))
}
