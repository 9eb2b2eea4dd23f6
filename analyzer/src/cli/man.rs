//! `kubereach man`

use clap::CommandFactory;

use super::{Failure, OK, args};

/// Prints the man page.
pub(super) fn run() -> Result<u8, Failure> {
    clap_mangen::Man::new(args::Cli::command()).render(&mut std::io::stdout().lock())?;
    Ok(OK)
}
