//! `kubereach`: can traffic get to this app and, if not, exactly where and why does it break?
#![forbid(unsafe_code)]

mod cli;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Nothing could be analyzed.
const NOTHING: u8 = 3;

fn main() -> ExitCode {
    // Whatever fails in here is said in one line, and ends as what could not be analyzed.
    std::panic::set_hook(Box::new(|failure| {
        let said = failure.payload();
        let text = said.downcast_ref::<&str>().copied().or_else(|| said.downcast_ref::<String>().map(String::as_str));
        let text = text.unwrap_or("an unknown failure").lines().next().unwrap_or_default();
        let text = kubereach_reports::secrets::mask(text).unwrap_or_else(|| text.to_owned());
        let place = failure.location().map_or_else(String::new, |at| format!(" ({}:{})", at.file(), at.line()));
        anstream::eprintln!("kubereach: this is a bug of kubereach, please report it: {text}{place}");
    }));
    std::panic::catch_unwind(cli::main).unwrap_or_else(|_| ExitCode::from(NOTHING))
}
