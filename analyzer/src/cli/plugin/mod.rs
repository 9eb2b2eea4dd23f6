//! `kubectl reach …`: the same program, installed as `kubectl-reach`, as a kubectl user expects it.
//!
//! Without INPUT the cluster of the current context is read, and of it the context's namespace unless `-n` or
//! `-A` says otherwise. kubectl's flags for which cluster and as whom are ours already.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory as _};

use super::Failure;
use super::args::Cli;

const EXAMPLES: &str = "Examples:\n  \
    kubectl reach check                          judge the namespace of the current context\n  \
    kubectl reach check -A -o report.html        the whole cluster, and a report to attach to a ticket\n  \
    kubectl reach trace ingress/web -n shop      one entry, hop by hop\n  \
    kubectl reach can pod/web service/db:5432    do network policies let it through\n  \
    kubectl reach explain service/selects-no-pod what a finding code means\n\n\
    Without INPUT the cluster of the current context is read, with lists and gets only.\n\
    Exit codes: 0 under the gate, 1 the gate tripped (--fail-on), 2 usage, 3 nothing could be analyzed.";

/// As which program this was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invocation {
    /// `kubereach`.
    Own,
    /// `kubectl-reach`, which kubectl starts for `kubectl reach`.
    Plugin,
    /// `kubectl_complete-reach`, which kubectl asks how to complete.
    Completion,
}

impl Invocation {
    /// By the name of the program, and where kubectl's completion begins with a word of its own.
    pub(super) fn of(words: &[OsString]) -> Self {
        let name = words.first().map(Path::new).and_then(Path::file_stem).and_then(OsStr::to_str);
        let asked = words.get(1).is_some_and(|word| word == "__complete");
        match name {
            Some("kubectl_complete-reach") => Self::Completion,
            _ if asked => Self::Completion,
            Some("kubectl-reach") => Self::Plugin,
            _ => Self::Own,
        }
    }

    /// How a person calls it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Own => "kubereach",
            Self::Plugin | Self::Completion => "kubectl reach",
        }
    }

    /// The command line, in this name's words.
    pub(super) fn command(self) -> Command {
        let command = Cli::command();
        match self {
            Self::Own => command,
            Self::Plugin | Self::Completion => {
                renamed(command.bin_name("kubectl reach").display_name("kubectl reach")).after_help(EXAMPLES)
            }
        }
    }
}

/// Usage lines and examples in kubectl's words.
fn renamed(command: Command) -> Command {
    let ours = |text: String| text.replace("kubereach ", "kubectl reach ");
    let usage = command.clone().render_usage().to_string();
    let after = command.get_after_help().map(|text| ours(text.to_string()));
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let command = command.mut_args(|argument| match argument.get_help().map(|text| ours(text.to_string())) {
        Some(text) => argument.help(text),
        None => argument,
    });
    let mut command = names.into_iter().fold(command, |command, name| command.mut_subcommand(name, renamed));
    if let Some(text) = after {
        command = command.after_help(text);
    }
    // Only what was written by hand names the program; what clap writes is right by itself.
    match usage.strip_prefix("Usage: ").filter(|usage| usage.starts_with("kubereach ")) {
        Some(usage) => command.override_usage(ours(usage.to_owned())),
        None => command,
    }
}

/// The words of a kubectl user in the words of our own command line.
pub(super) fn words(words: Vec<OsString>) -> Result<Vec<OsString>, Failure> {
    let (words, everywhere) = flags(words);
    let lenient = Cli::command().ignore_errors(true).try_get_matches_from(&words);
    // Help is asked for, or nothing is understood: said where it is parsed for good.
    let Ok(matches) = lenient else { return Ok(words) };
    let Some((name, given)) = matches.subcommand() else { return Ok(words) };
    let mut added: Vec<OsString> = Vec::new();
    let asks_live = reads_live(name, given);
    if asks_live {
        added.push("--live".into());
    }
    let live = asks_live || name == "run" || given.try_get_one::<bool>("live").ok().flatten() == Some(&true);
    let one = matches!(name, "trace" | "can");
    if everywhere && one {
        return Err(Failure::Usage(format!("{name} asks about one namespace: name it with -n instead of -A")));
    }
    if live
        && !everywhere
        && !by_hand(given, "namespace")
        && matches!(name, "check" | "diff" | "plan" | "run" | "trace" | "can")
    {
        added.extend(own_namespace(given).into_iter().flat_map(|namespace| ["-n".into(), namespace.into()]));
    }
    let at = words.iter().position(|word| word == name).map_or(words.len(), |at| at + 1);
    let (head, tail) = words.split_at(at);
    Ok([head, &added, tail].concat())
}

/// The namespace of the context; none where the kubeconfig cannot be read, which the command itself complains about.
#[cfg(feature = "live")]
fn own_namespace(given: &ArgMatches) -> Option<String> {
    use kubereach_live::cluster::{Target, namespace_of};
    let target = Target {
        kubeconfig: given.try_get_one::<PathBuf>("kubeconfig").ok().flatten().cloned(),
        context: given.try_get_one::<String>("context").ok().flatten().cloned(),
        ..Target::default()
    };
    namespace_of(&target).ok()
}

#[cfg(not(feature = "live"))]
const fn own_namespace(_: &ArgMatches) -> Option<String> {
    None
}

/// kubectl's flags that have another name here: `-A`, and `--request-timeout`, which is for the whole here.
fn flags(words: Vec<OsString>) -> (Vec<OsString>, bool) {
    let mut everywhere = false;
    let mut out = Vec::with_capacity(words.len());
    let mut rest = words.into_iter();
    while let Some(word) = rest.next() {
        match word.to_str() {
            Some("--") => {
                out.push(word);
                out.extend(rest.by_ref());
            }
            Some("-A" | "--all-namespaces" | "--all-namespaces=true") => everywhere = true,
            Some("--all-namespaces=false") => {}
            Some("--request-timeout") => out.extend(rest.next().and_then(|time| timeout(time.to_str()))),
            Some(text) if text.starts_with("--request-timeout=") => {
                out.extend(timeout(text.strip_prefix("--request-timeout=")));
            }
            _ => out.push(word),
        }
    }
    (out, everywhere)
}

/// `0` is no limit to kubectl; here the usual one stays.
fn timeout(time: Option<&str>) -> Option<OsString> {
    let time = time?;
    (time != "0" && time != "0s").then(|| format!("--timeout={time}").into())
}

/// No INPUT is named, so the cluster is meant.
fn reads_live(name: &str, given: &ArgMatches) -> bool {
    let has = |id: &str| given.try_get_one::<bool>(id).ok().flatten() == Some(&true);
    if has("live") {
        return false;
    }
    let inputs = given.try_get_many::<PathBuf>("inputs").ok().flatten().map_or(0, Iterator::count);
    match name {
        "check" => inputs == 0 || by_hand(given, "wait_for"),
        "trace" | "plan" => inputs == 0,
        "diff" => inputs == 1,
        // SOURCE and DEST stand in front of the inputs.
        "can" if by_hand(given, "queries") => inputs == 0,
        "request" if by_hand(given, "queries") || has("all") => inputs == 0,
        // METHOD and URL stand in front of the inputs.
        "request" => inputs == 1 || (inputs == 2 && begins_with_method(given)),
        "can" => inputs == 2 - usize::from(has("from_all")) - usize::from(has("to_all")),
        _ => false,
    }
}

fn begins_with_method(given: &ArgMatches) -> bool {
    let first = given.try_get_one::<PathBuf>("inputs").ok().flatten();
    first.and_then(|word| word.to_str()).is_some_and(|word| word.bytes().all(|b| b.is_ascii_uppercase()))
}

fn by_hand(given: &ArgMatches, id: &str) -> bool {
    given.try_contains_id(id).unwrap_or(false) && given.value_source(id) == Some(ValueSource::CommandLine)
}
