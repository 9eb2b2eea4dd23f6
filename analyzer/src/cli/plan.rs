//! `kubereach plan`

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use kubereach_engine::plan_snapshot;
use kubereach_model::snapshot::Snapshot;
use kubereach_prober::Plan;
use kubereach_prober::plan::Target;
use kubereach_prober::words::Purpose;

use super::args;
use super::{Failure, OK, input};

/// A plan larger than this is refused unread.
#[cfg(feature = "live")]
const MAX_PLAN: u64 = 64 * 1024 * 1024;

/// Prints the plan.
pub(super) fn run(command: &args::Plan) -> Result<u8, Failure> {
    let options = input::options(&command.reading)?;
    let filter = command.subjects.filter()?;
    let read = input::read(&command.reading, &options, &command.subjects.namespace)?;
    for problem in &read.problems {
        anstream::eprintln!("kubereach: {}: {}", problem.path, problem.message);
    }
    input::holds(&command.reading, &[&read], &filter)?;
    let snapshot = only(&read.snapshots)?;
    let plan = plan_snapshot(snapshot, &filter, (command.max_targets > 0).then_some(command.max_targets));
    if !plan.targets.iter().any(|t| t.purpose == Purpose::Path) && plan.left_out.is_empty() {
        return Err(Failure::Nothing("the input holds no subject that was asked for; nothing was planned".to_owned()));
    }
    let json = format!("{}\n", serde_json::to_string_pretty(&plan).map_err(|e| Failure::Output(e.into()))?);
    if let Some(path) = &command.output {
        write_file(path, json.as_bytes())?;
    }
    let mut out = std::io::stdout().lock();
    if command.format == "text" {
        out.write_all(table(&plan).as_bytes())?;
    } else if command.output.is_none() {
        out.write_all(json.as_bytes())?;
    }
    out.flush()?;
    drop(out);
    if command.format != "text" {
        anstream::eprintln!("kubereach: {}", sum(&plan));
    }
    Ok(OK)
}

/// The one cluster of an input.
pub(super) fn only(snapshots: &[Snapshot]) -> Result<&Snapshot, Failure> {
    match snapshots {
        [snapshot] => Ok(snapshot),
        [] => Err(Failure::Nothing("the input holds no objects".to_owned())),
        many => Err(Failure::Nothing(format!("the input holds {} clusters; give one of them", many.len()))),
    }
}

/// Reads a plan from a file or standard input.
#[cfg(feature = "live")]
pub(super) fn read(path: &Path) -> Result<Plan, Failure> {
    input::exist(&[path.to_owned()])?;
    let name = if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() };
    let bytes = read_bytes(path, MAX_PLAN).map_err(|error| Failure::Nothing(format!("{name}: {error}")))?;
    Plan::parse(&bytes).map_err(|error| Failure::Nothing(format!("{name}: {error}")))
}

/// Reads a file or standard input, up to a limit.
pub(super) fn read_bytes(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let from: Box<dyn std::io::Read> =
        if path.as_os_str() == "-" { Box::new(std::io::stdin().lock()) } else { Box::new(std::fs::File::open(path)?) };
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return Err(std::io::Error::other(format!("it is larger than {} MiB, and is not read", most >> 20)));
    }
    Ok(bytes)
}

/// Writes a file whole or not at all.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use anyhow::Context as _;
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = std::fs::write(&part, bytes)
        .and_then(|()| std::fs::rename(&part, path))
        .with_context(|| format!("cannot write {}", path.display()));
    if written.is_err() {
        // The error that matters is the one above.
        let _ = std::fs::remove_file(&part);
    }
    written.map_err(Failure::Output)
}

/// `12 targets for 5 paths, 3 controls; 2 dials left out`.
pub(super) fn sum(plan: &Plan) -> String {
    let of_paths: Vec<&Target> = plan.targets.iter().filter(|t| t.purpose == Purpose::Path).collect();
    let paths: BTreeSet<&str> =
        of_paths.iter().flat_map(|t| std::iter::once(&t.id).chain(&t.also)).map(String::as_str).collect();
    let controls = plan.targets.len() - of_paths.len();
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let mut text = format!(
        "{} for {} and {}, at most {} s",
        plural(of_paths.len(), "target"),
        plural(paths.len(), "path"),
        plural(controls, "control"),
        plan.limits.total_ms / 1000
    );
    if !plan.left_out.is_empty() {
        text.push_str(&format!("; {} left out (see left_out)", plural(plan.left_out.len(), "dial")));
    }
    text
}

/// What will be dialled, by path, and what will not.
fn table(plan: &Plan) -> String {
    let mut out = String::new();
    let mut last = "";
    for target in &plan.targets {
        // Controls are one line each.
        if target.purpose == Purpose::Path && target.id != last {
            last = &target.id;
            let also = match target.also.len() {
                0 => String::new(),
                n => format!(" (and {n} more)"),
            };
            let _ = writeln!(out, "\npath {}{also}\n  {}", plain(&target.id), plain(&target.settles));
        }
        let what = if target.purpose == Purpose::Control { &target.id } else { &target.dial };
        let _ = writeln!(out, "  {:<44} {:<52} {}", plain(what), plain(&asks(target)), plain(&remarks(target)));
    }
    if !plan.left_out.is_empty() {
        out.push_str("\nnot dialled\n");
        let mut by_why: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for left in &plan.left_out {
            *by_why.entry((&left.why, &left.dial)).or_default() += 1;
        }
        for ((why, dial), count) in by_why {
            let dial = if dial.is_empty() { "every dial" } else { dial };
            let _ = writeln!(
                out,
                "  {:<24} {} ({count} path{})",
                plain(dial),
                plain(why),
                if count == 1 { "" } else { "s" }
            );
        }
    }
    let _ = writeln!(out, "\n{}", sum(plan));
    out.trim_start_matches('\n').to_owned()
}

/// `https GET shop.example/cart at 203.0.113.5:443`.
fn asks(target: &Target) -> String {
    let place = match (&target.address, &target.name) {
        (Some(address), _) => address.to_string(),
        (None, Some(name)) => name.clone(),
        (None, None) => "nowhere".to_owned(),
    };
    let port = target.port.map_or_else(String::new, |p| format!(":{p}"));
    let place =
        if place.contains(':') && !port.is_empty() { format!("[{place}]{port}") } else { format!("{place}{port}") };
    let path = target.path.as_deref().unwrap_or("/");
    match (&target.host, target.protocol.word()) {
        (Some(host), word @ ("http" | "https")) => format!("{word} {} {host}{path} at {place}", target.method.word()),
        (None, word @ ("http" | "https")) => format!("{word} {} {path} at {place}", target.method.word()),
        (_, word) => format!("{word} {place}"),
    }
}

fn remarks(target: &Target) -> String {
    let mut all = vec![format!("{}..{}", target.span.from, target.span.to)];
    if let [only] = target.vantages.as_slice() {
        all.push(format!("only {only}"));
    }
    if target.guessed {
        all.push("guessed".to_owned());
    }
    if target.protocol_assumed {
        all.push("protocol assumed".to_owned());
    }
    all.push(target.chosen.clone());
    all.join("; ")
}

/// Text without anything a terminal acts on.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
