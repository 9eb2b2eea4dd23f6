//! `kubereach man`

use clap::CommandFactory;
use kubereach_model::snapshot::nearest;

use super::{Failure, OK, args};

/// Prints a man page.
pub(super) fn run(command: &args::Man) -> Result<u8, Failure> {
    let mut cli = args::Cli::command();
    cli.build();
    let page = match &command.command {
        None => cli,
        Some(name) => cli.find_subcommand(name).cloned().ok_or_else(|| {
            let names = cli.get_subcommands().map(clap::Command::get_name);
            let near = nearest(name, names).map_or_else(String::new, |near| format!(", did you mean '{near}'?"));
            Failure::Usage(format!("there is no command '{name}'{near}"))
        })?,
    };
    clap_mangen::Man::new(page).render(&mut std::io::stdout().lock())?;
    Ok(OK)
}
