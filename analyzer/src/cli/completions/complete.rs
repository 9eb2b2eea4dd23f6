//! Completion as kubectl asks plugins for it, and our own scripts the program: the words so far go in, candidates come out, one per line with what they
//! mean behind a tab, and at last a directive (kubernetes/kubernetes#105867, and cobra's `ShellCompDirective`).

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Arg, Command};
use kubereach_engine::asked;
use kubereach_intake::progress::Silent;
use kubereach_intake::{self as intake, InputSpec, IntakeOptions};
#[cfg(feature = "live")]
use kubereach_live::cluster::{self, Target};

use crate::cli::plugin::Invocation;

/// What kubectl starts: a file of this content, executable, named `kubectl_complete-reach`, on the PATH.
pub(in crate::cli) const SCRIPT: &str = "#!/bin/sh\n\
    # How 'kubectl reach' is completed: kubectl starts this file. It belongs on the PATH, executable, named\n\
    # kubectl_complete-reach.\n\
    exec kubectl-reach __complete \"$@\"\n";

/// Candidates only.
const NO_FILES: &str = ":4\n";
/// Files may follow, too.
const FILES: &str = ":0\n";

/// Inputs that are larger, or folders of more files, are not read while somebody waits for a word.
const MOST_BYTES: u64 = 64 << 20;
const MOST_FILES: usize = 5_000;

/// Candidates for the last word.
pub(in crate::cli) fn complete(called: Invocation, words: &[OsString]) -> String {
    let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let Some((last, before)) = words.split_last() else { return NO_FILES.to_owned() };
    let mut root = called.command();
    root.build();
    // `kubereach FILE` is `kubereach check FILE`.
    let implied = || before.first().filter(|word| Path::new(word).exists()).and_then(|_| root.find_subcommand("check"));
    let found = before.iter().find_map(|word| root.find_subcommand(word)).or_else(implied);
    let Some(command) = found else {
        let subs = root.get_subcommands().filter(|sub| !sub.is_hide_set());
        let subs = subs.map(|sub| (sub.get_name().to_owned(), sub.get_about().map(ToString::to_string)));
        let own = called == Invocation::Own && before.is_empty() && !last.starts_with('-');
        return lines(subs, last, if own { FILES } else { NO_FILES });
    };
    if let Some((option, value)) = last.split_once('=').filter(|(option, _)| option.starts_with("--")) {
        return match argument(command, option) {
            Some(argument) => {
                let all = values(argument, before).into_iter();
                lines(all.map(|(word, about)| (format!("{option}={word}"), about)), &format!("{option}={value}"), FILES)
            }
            None => NO_FILES.to_owned(),
        };
    }
    if let Some(argument) = before.last().and_then(|word| argument(command, word)).filter(|a| takes_value(a)) {
        let all = values(argument, before);
        let directive = if all.is_empty() { FILES } else { NO_FILES };
        return lines(all.into_iter(), last, directive);
    }
    if last.starts_with('-') {
        let all = command.get_arguments().filter(|argument| !argument.is_hide_set());
        let all = all.filter_map(|argument| {
            Some((format!("--{}", argument.get_long()?), argument.get_help().map(ToString::to_string)))
        });
        return lines(all, last, NO_FILES);
    }
    let known = |argument: &&Arg| !argument.get_possible_values().is_empty();
    match command.get_positionals().find(known) {
        Some(argument) => lines(values(argument, before).into_iter(), last, NO_FILES),
        // What is asked about stands in front of the inputs, or behind them once there are some to read.
        None if command.get_positionals().any(|argument| argument.get_id() == "subject") => {
            lines(subjects(before).into_iter().map(|word| (word, None)), last, FILES)
        }
        None => FILES.to_owned(),
    }
}

fn lines(all: impl Iterator<Item = (String, Option<String>)>, last: &str, directive: &str) -> String {
    let mut out = String::new();
    for (word, about) in all.filter(|(word, _)| word.starts_with(last)) {
        let about = about.unwrap_or_default();
        let about = about.lines().next().unwrap_or_default();
        // Writing to a string does not fail.
        let _ = if about.is_empty() { writeln!(out, "{word}") } else { writeln!(out, "{word}\t{about}") };
    }
    out + directive
}

fn argument<'c>(command: &'c Command, word: &str) -> Option<&'c Arg> {
    command.get_arguments().find(|argument| {
        let long = argument.get_long().is_some_and(|long| word.strip_prefix("--") == Some(long));
        let short = argument.get_short().is_some_and(|short| word.strip_prefix('-') == Some(&short.to_string()));
        long || short
    })
}

fn takes_value(argument: &Arg) -> bool {
    argument.get_action().takes_values() && argument.get_num_args().is_none_or(|range| range.min_values() > 0)
}

/// The values that an option has been given.
fn given(names: &[&str], before: &[String]) -> Vec<String> {
    let apart = before.windows(2).filter_map(|pair| match pair {
        [option, value] if names.contains(&option.as_str()) => Some(value.clone()),
        _ => None,
    });
    let joined = before.iter().filter_map(|word| {
        let (option, value) = word.split_once('=')?;
        names.contains(&option).then(|| value.to_owned())
    });
    apart.chain(joined).collect()
}

/// What may stand behind an option: its own words, or names of the inputs, the kubeconfig and the cluster.
fn values(argument: &Arg, before: &[String]) -> Vec<(String, Option<String>)> {
    let names = |names: BTreeSet<String>| names.into_iter().map(|name| (name, None)).collect();
    #[cfg(feature = "live")]
    let target = || Target {
        kubeconfig: given(&["--kubeconfig"], before).pop().map(Into::into),
        context: given(&["--context"], before).pop(),
        ..Target::default()
    };
    match argument.get_id().as_str() {
        #[cfg(feature = "live")]
        "context" => names(cluster::contexts(&target()).into_iter().collect()),
        "namespace" => {
            let inputs = inputs(before);
            #[cfg(feature = "live")]
            if inputs.is_empty() {
                // Whoever may not list them, or whose cluster is slow, types them.
                return names(cluster::namespaces(&target()).into_iter().collect());
            }
            names(there_is(&inputs).into_iter().map(|(_, namespace, _)| namespace).collect())
        }
        "name" => {
            let (kinds, places) = (given(&["--kind"], before), given(&["-n", "--namespace"], before));
            let wanted = |kind: &str, place: &String| {
                (kinds.is_empty() || kinds.iter().any(|word| word.eq_ignore_ascii_case(kind)))
                    && (places.is_empty() || places.contains(place))
            };
            let all = there_is(&inputs(before)).into_iter().filter(|(kind, place, _)| wanted(kind, place));
            names(all.map(|(_, _, name)| name).collect())
        }
        _ => {
            let all = argument.get_possible_values().into_iter().filter(|value| !value.is_hide_set());
            all.map(|value| (value.get_name().to_owned(), value.get_help().map(ToString::to_string))).collect()
        }
    }
}

/// `ingress/web`, of what the inputs hold.
fn subjects(before: &[String]) -> BTreeSet<String> {
    let places = given(&["-n", "--namespace"], before);
    let all = there_is(&inputs(before)).into_iter().filter(|(_, place, _)| places.is_empty() || places.contains(place));
    all.map(|(kind, _, name)| format!("{}/{name}", kind.to_lowercase())).collect()
}

/// The words that are inputs, and not too large to be read now.
fn inputs(before: &[String]) -> Vec<PathBuf> {
    before.iter().map(PathBuf::from).filter(|path| path.components().next().is_some() && is_small(path)).collect()
}

fn is_small(path: &Path) -> bool {
    let Ok(about) = std::fs::metadata(path) else { return false };
    if about.is_file() {
        return about.len() <= MOST_BYTES;
    }
    let files = walkdir::WalkDir::new(path).into_iter().filter_map(Result::ok).take(MOST_FILES + 1);
    let sizes: Vec<u64> = files.filter_map(|file| Some(file.metadata().ok()?.len())).collect();
    sizes.len() <= MOST_FILES && sizes.iter().sum::<u64>() <= MOST_BYTES
}

/// Kind, namespace and name of everything in these inputs that has a verdict; nothing of what cannot be read.
fn there_is(inputs: &[PathBuf]) -> Vec<(String, String, String)> {
    let inputs: Vec<InputSpec> = inputs.iter().cloned().map(InputSpec::Path).collect();
    let read = (!inputs.is_empty()).then(|| intake::read(&inputs, &IntakeOptions::default(), &Silent).ok()).flatten();
    let snapshots = read.map(|read| read.snapshots).unwrap_or_default();
    snapshots.iter().flat_map(asked::there_is).collect()
}
