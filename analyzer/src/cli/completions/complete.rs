//! Completion as kubectl asks plugins for it: the words so far go in, candidates come out, one per line with what they
//! mean behind a tab, and at last a directive (kubernetes/kubernetes#105867, and cobra's `ShellCompDirective`).

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::{Arg, Command};
#[cfg(feature = "live")]
use kubereach_live::cluster::{self, Target};

use super::Invocation;

/// What kubectl starts: a file of this content, executable, named `kubectl_complete-reach`, on the PATH.
pub(in super::super) const SCRIPT: &str = "#!/bin/sh\n\
    # How 'kubectl reach' is completed: kubectl starts this file. It belongs on the PATH, executable, named\n\
    # kubectl_complete-reach.\n\
    exec kubectl-reach __complete \"$@\"\n";

/// Candidates only.
const NO_FILES: &str = ":4\n";
/// Files may follow, too.
const FILES: &str = ":0\n";

/// Candidates for the last word.
pub(in super::super) fn complete(words: &[OsString]) -> String {
    let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let Some((last, before)) = words.split_last() else { return NO_FILES.to_owned() };
    let mut root = Invocation::Plugin.command();
    root.build();
    let found = before.iter().find_map(|word| root.find_subcommand(word));
    let Some(command) = found else {
        let subs = root.get_subcommands().filter(|sub| !sub.is_hide_set());
        let subs = subs.map(|sub| (sub.get_name().to_owned(), sub.get_about().map(ToString::to_string)));
        return lines(subs, last, NO_FILES);
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
    let positional = command.get_positionals().find(|argument| !argument.get_possible_values().is_empty());
    match positional {
        Some(argument) => lines(values(argument, before).into_iter(), last, NO_FILES),
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

/// What may stand behind an option: its own words, or names of the kubeconfig and the cluster.
fn values(argument: &Arg, before: &[String]) -> Vec<(String, Option<String>)> {
    #[cfg(not(feature = "live"))]
    let _ = before;
    #[cfg(feature = "live")]
    let option = |names: &[&str]| {
        let at = before.iter().position(|word| names.contains(&word.as_str()))?;
        before.get(at + 1).cloned()
    };
    #[cfg(feature = "live")]
    let target = || Target {
        kubeconfig: option(&["--kubeconfig"]).map(Into::into),
        context: option(&["--context"]),
        ..Target::default()
    };
    #[cfg(feature = "live")]
    let names = |names: Vec<String>| names.into_iter().map(|name| (name, None)).collect();
    match argument.get_id().as_str() {
        #[cfg(feature = "live")]
        "context" => names(cluster::contexts(&target())),
        // Whoever may not list them, or whose cluster is slow, types them.
        #[cfg(feature = "live")]
        "namespace" => names(cluster::namespaces(&target())),
        _ => {
            let all = argument.get_possible_values().into_iter().filter(|value| !value.is_hide_set());
            all.map(|value| (value.get_name().to_owned(), value.get_help().map(ToString::to_string))).collect()
        }
    }
}
