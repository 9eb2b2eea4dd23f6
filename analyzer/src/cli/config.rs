//! `kubereach.toml` and the command line: found upwards, and whatever the command line says wins.
//!
//! The options of the file are the long options of the commands, asked of clap, so that no second list of
//! them has to be kept: each is added to the command line unless it is there already, and what its value
//! may be is clap's to say.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory as _};
use kubereach_engine::checks::catalogue;
use kubereach_engine::gate::Ignore;
use kubereach_engine::gate::checks::Checks;
use kubereach_engine::gate::config::{self, Config, Setting, Value};

use super::args::Cli;
use super::{Failure, output};

/// The commands that use the file.
const COMMANDS: [&str; 4] = ["check", "diff", "trace", "run"];

/// Options that mean something else for a trace, which is of one subject and has formats of its own.
const NOT_TRACED: [&str; 2] = ["namespace", "format"];

/// Options that only a person may give: which cluster is read and as whom, what is created in it, which programs are
/// started, and what is written where nobody looks.
const BY_HAND: &[&str] = &[
    "config",
    "no-config",
    "help",
    "version",
    "live",
    "context",
    "kubeconfig",
    "as",
    "as-group",
    "read-tls",
    "timeout",
    "via",
    "watch",
    "wait-for",
    "interval",
    "write-baseline",
    // It starts programs.
    "render",
    // Of `run`.
    "from",
    "in",
    "yes",
    "dry-run",
    "cleanup",
    "max-targets",
    "image",
    "pull-secret",
    "node",
    "tolerations",
    "service-account",
    "no-mesh",
    "accept-hazards",
    "allow-address",
    "start",
    "deadline",
];

/// Options whose values are files, seen from where the file stands.
const FILES: [&str; 4] = ["output", "baseline", "on-top-of", "observations"];

/// What a file adds beyond options.
#[derive(Debug, Clone)]
pub(super) struct Loaded {
    /// The file, as named in reports.
    pub path: String,
    /// Its `[[ignore]]` tables.
    pub ignores: Vec<Ignore>,
    /// Its `[checks."code"]` tables.
    pub checks: Checks,
}

/// The command line with the options of the file, and the rest of the file.
pub(super) fn extend(arguments: Vec<OsString>) -> Result<(Vec<OsString>, Option<Loaded>), Failure> {
    let cli = Cli::command();
    // What does not parse is complained about where it is parsed for good.
    let Ok(matches) = cli.clone().try_get_matches_from(&arguments) else { return Ok((arguments, None)) };
    let Some((name, given)) = matches.subcommand().filter(|(name, _)| COMMANDS.contains(name)) else {
        return Ok((arguments, None));
    };
    let Some((path, by_hand)) = file(given) else { return Ok((arguments, None)) };
    let shown = path.to_string_lossy().into_owned();
    let config = read(&path, &shown, &cli)?;
    let mut added = Vec::new();
    for setting in &config.settings {
        if name == "trace" && NOT_TRACED.contains(&setting.name.as_str()) {
            continue;
        }
        let Some(id) = argument(&cli, name, &setting.name) else { continue };
        let on_command_line = given.try_contains_id(&id).unwrap_or(false)
            && matches!(given.value_source(&id), Some(ValueSource::CommandLine | ValueSource::EnvVariable));
        if on_command_line {
            continue;
        }
        let words = words(setting, &path, by_hand)?;
        let alone = with(&arguments, &words);
        if let Err(error) = cli.clone().try_get_matches_from(alone) {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
            return Err(Failure::Usage(format!("{}: {first}", setting.place)));
        }
        added.extend(words);
    }
    Ok((with(&arguments, &added), Some(Loaded { path: shown, ignores: config.ignores, checks: config.checks })))
}

/// Behind the name of the command, where no `--` stands before it.
fn with(arguments: &[OsString], added: &[OsString]) -> Vec<OsString> {
    let (head, tail) = arguments.split_at(arguments.len().min(2));
    [head, added, tail].concat()
}

/// The file to use, and whether a person named it.
fn file(given: &ArgMatches) -> Option<(PathBuf, bool)> {
    if given.try_get_one::<bool>("no_config").ok().flatten() == Some(&true) {
        return None;
    }
    if let Some(path) = given.try_get_one::<PathBuf>("config").ok().flatten() {
        return Some((path.clone(), true));
    }
    let here = std::env::current_dir().ok()?;
    let found = config::find(&here)?;
    // Shorter to read where it is right here.
    Some((found.strip_prefix(&here).map(Path::to_path_buf).unwrap_or(found), false))
}

fn read(path: &Path, shown: &str, cli: &Command) -> Result<Config, Failure> {
    let cannot = |why: String| Failure::Usage(format!("{shown}: cannot be read: {why}"));
    let size = std::fs::metadata(path).map_err(|error| cannot(error.to_string()))?.len();
    if size > config::MAX_BYTES {
        return Err(cannot(format!("{size} bytes are too many for a configuration (at most {})", config::MAX_BYTES)));
    }
    let text = std::fs::read_to_string(path).map_err(|error| cannot(error.to_string()))?;
    let options: Vec<String> = COMMANDS
        .iter()
        .filter_map(|name| cli.find_subcommand(name))
        .flat_map(Command::get_arguments)
        .filter_map(clap::Arg::get_long)
        .map(str::to_owned)
        .collect();
    let codes: Vec<&str> = catalogue().into_keys().collect();
    let config = config::parse(shown, &text, &options, &codes).map_err(|error| Failure::Usage(error.to_string()))?;
    match config.settings.iter().find(|setting| BY_HAND.contains(&setting.name.as_str())) {
        Some(setting) => {
            Err(Failure::Usage(format!("{}: `{}` is an option of the command line only", setting.place, setting.name)))
        }
        None => Ok(config),
    }
}

/// The id of a command's long option.
fn argument(cli: &Command, command: &str, long: &str) -> Option<String> {
    let command = cli.find_subcommand(command)?;
    let argument = command.get_arguments().find(|argument| argument.get_long() == Some(long))?;
    Some(argument.get_id().to_string())
}

/// A setting as words of the command line.
fn words(setting: &Setting, file: &Path, by_hand: bool) -> Result<Vec<OsString>, Failure> {
    let option = format!("--{}", setting.name);
    let values = match &setting.value {
        Value::Switch(true) => return Ok(vec![option.into()]),
        Value::Switch(false) => return Ok(Vec::new()),
        Value::Words(values) => values,
    };
    let folder = file.parent().unwrap_or(Path::new(""));
    values
        .iter()
        .map(|value| {
            let mut word = OsString::from(format!("{option}="));
            if FILES.contains(&setting.name.as_str()) {
                word.push(beside(value, folder, setting, by_hand)?);
            } else {
                word.push(value);
            }
            Ok(word)
        })
        .collect()
}

/// A file named in the configuration: seen from its folder, and within it unless a person named the
/// configuration. Whoever unpacks a bundle that holds a `kubereach.toml` is not made to overwrite files.
fn beside(value: &str, folder: &Path, setting: &Setting, by_hand: bool) -> Result<OsString, Failure> {
    let (format, path) = output::split(Path::new(value));
    let inside = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !by_hand && !inside {
        return Err(Failure::Usage(format!(
            "{}: `{}` leads out of the folder of this file; name the file with --config to allow that",
            setting.place, setting.name
        )));
    }
    let mut word = OsString::new();
    if let Some(format) = format {
        word.push(format!("{}:", format.word()));
    }
    word.push(folder.join(path));
    Ok(word)
}
