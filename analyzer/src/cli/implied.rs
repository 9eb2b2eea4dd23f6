//! `kubereach FILE` is `kubereach check FILE`.

use std::ffi::OsString;
use std::path::Path;

use clap::Command;

/// The words with the command that was left out: only where the first of them is no command and names something to
/// read. A command that is misspelt stays one, and is told what comes closest.
pub(super) fn command(mut words: Vec<OsString>, cli: &Command) -> Vec<OsString> {
    let Some(first) = words.get(1) else { return words };
    let is_option = first.to_str().is_some_and(|word| word.starts_with('-'));
    let is_input = first == "-" || (!is_option && Path::new(first).exists());
    if is_input && first != "help" && cli.find_subcommand(first).is_none() {
        words.insert(1, "check".into());
    }
    words
}
