//! `kubereach check --each`: many bundles, each judged by itself.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::num::NonZero;
use std::path::PathBuf;

use super::fleet::{self, AtOnce, Bundle, Fleet, Shard};
use anyhow::Context as _;
use clap::Args;
use kubereach_engine::AnalysisOptions;
use kubereach_engine::analyze_intake;
use kubereach_intake::progress::{Bar, Progress, Silent};
use kubereach_intake::{self as intake, InputSpec};
use kubereach_reports::render::neutral::neutral;
use kubereach_reports::render::{Audience, BundleLine, Format, RenderOptions, render};
use kubereach_reports::report::{Gate, GivenSuppression, Report, Summary, SuppressedBy, SuppressionState, Verdict};

use super::args::{Check, When};
use super::output::{self, Whole};
use super::{Failure, GATE, NOTHING, check};

/// A fleet, and how much of it at once.
#[derive(Debug, Args)]
#[command(next_help_heading = "A fleet of bundles")]
pub(super) struct EachFlags {
    /// Judge each bundle by itself: INPUT are bundles, folders of bundles, or patterns in quotes. With
    /// --format jsonl one line per subject, with its bundle; -o FILE.jsonl, or -o 'FILE with {bundle}' in any
    /// format
    #[arg(long, overrides_with = "each")]
    pub each: bool,
    /// Judge only this share of the bundles, counted from 0: 0/4, 1/4, 2/4, 3/4
    #[arg(long, value_name = "INDEX/COUNT", requires = "each")]
    pub shard: Option<Shard>,
    /// Most bundles at once; fewer where they are large [default: one per core, at most 8]
    #[arg(long, value_name = "COUNT", requires = "each")]
    pub jobs: Option<NonZero<usize>>,
}

/// What stands for the name of the bundle in names of files.
const PLACEHOLDER: &str = "{bundle}";

/// Bundles named one by one on standard error.
const NAMED: usize = 10;

/// Judges every bundle and reports on each, in the order of their names.
pub(super) fn run(command: &Check) -> Result<u8, Failure> {
    refuse(command)?;
    let targets = Targets::of(command)?;
    let options = check::options(command)?;
    let words = &command.reading.inputs;
    let fleet = fleet::list(words).map_err(|error| Failure::Usage(error.to_string()))?;
    let files = targets.files(&fleet)?;
    let all = fleet.bundles.len();
    let mine = |place: usize| command.each.shard.is_none_or(|shard| shard.takes(place));
    let (bundles, files): (Vec<Bundle>, Vec<Vec<PathBuf>>) = fleet
        .bundles
        .into_iter()
        .zip(files)
        .enumerate()
        .filter(|(place, _)| mine(*place))
        .map(|(_, both)| both)
        .unzip();
    let files: BTreeMap<&str, &Vec<PathBuf>> = bundles.iter().map(|b| b.name.as_str()).zip(&files).collect();
    let render = check::rendering(command);
    let audience = command.report.audience;
    let judge = Judge { options: &options, render: &render, audience, targets: &targets, files: &files };

    let mut wholes = targets.open()?;
    let mut tally = Tally::default();
    let at_once = AtOnce::default();
    let at_once = AtOnce { bundles: command.each.jobs.map_or(at_once.bundles, NonZero::get), ..at_once };
    let bar = watched(command, &bundles);
    let progress: &dyn Progress = bar.as_ref().map_or(&Silent, |bar| bar);
    let mut out = std::io::stdout().lock();
    fleet::each(&bundles, at_once, &|bundle| judge.bundle(bundle, progress), &mut |bundle, done| {
        let judged =
            done.unwrap_or_else(|| judge.failed(bundle, "kubereach failed on it; please report this as a bug"))?;
        out.write_all(&judged.printed)?;
        out.flush()?;
        for (whole, text) in wholes.iter_mut().zip(&judged.files) {
            whole.write_all(text)?;
        }
        tally.add(bundle, judged);
        Ok::<(), Failure>(())
    })?;
    drop(out);
    if let Some(bar) = &bar {
        bar.finish();
    }
    for whole in wholes {
        whole.finish().map_err(Failure::Output)?;
    }
    tally.say(command, all, bundles.len(), &fleet.left_out);
    Ok(tally.code)
}

/// What makes no sense of many clusters at once.
fn refuse(command: &Check) -> Result<(), Failure> {
    let reading = &command.reading;
    let format =
        command.report.format.filter(|format| !matches!(format, Format::Text | Format::Jsonl)).map(Format::word);
    let of_format = format!("--format {}", format.unwrap_or_default());
    let in_file = format!(
        "it is a document about one cluster; print --format jsonl or text, and write one file for each bundle with \
         -o '{}:reports/{PLACEHOLDER}'",
        format.unwrap_or_default()
    );
    let one = "that is of one cluster: check its bundle by itself";
    let accepted =
        "a baseline is of one cluster and would accept as much in the others; use [[ignore]] in kubereach.toml";
    let change = &command.change;
    for (given, option, why) in [
        (
            super::input::is_live(reading),
            "--live",
            "a fleet is of bundles; 'kubereach snapshot' makes one of a cluster",
        ),
        (reading.inputs.iter().any(|path| path.as_os_str() == "-"), "-", "standard input is one bundle; name files"),
        (!command.measured.observations.is_empty(), "--observations", one),
        (!change.on_top_of.is_empty(), "--on-top-of", one),
        (command.accept.baseline.is_some(), "--baseline", accepted),
        (command.write_baseline.is_some(), "--write-baseline", accepted),
        (format.is_some(), of_format.as_str(), in_file.as_str()),
    ] {
        if given {
            let file = command.accept.file.as_ref().map(|file| format!("; --no-config leaves {} out", file.path));
            return Err(Failure::Usage(format!("--each with {option}: {why}{}", file.unwrap_or_default())));
        }
    }
    Ok(())
}

/// Where results go beside standard output.
struct Targets {
    /// Files for all bundles together.
    all: Vec<(PathBuf, Format)>,
    /// Files for each bundle, with the placeholder in them.
    each: Vec<(String, Format)>,
    /// What is printed.
    printed: Format,
}

impl Targets {
    fn of(command: &Check) -> Result<Self, Failure> {
        let printed = command.report.format.unwrap_or(Format::Text);
        let mut targets = Self { all: Vec::new(), each: Vec::new(), printed };
        for given in &command.report.output {
            let (path, format) = output::target_of(given)?;
            let text = path.to_string_lossy().into_owned();
            if text.contains(PLACEHOLDER) {
                targets.each.push((text, format));
            } else if matches!(format, Format::Jsonl | Format::Text) {
                targets.all.push((path, format));
            } else {
                return Err(Failure::Usage(format!(
                    "--each with -o {}: {} is a document about one cluster; put {PLACEHOLDER} into the name for one \
                     file of each bundle, or name a .jsonl for all of them",
                    given.display(),
                    format.word()
                )));
            }
        }
        Ok(targets)
    }

    /// The files of every bundle, in the order of the list. They are the same whatever share of it is judged.
    fn files(&self, fleet: &Fleet) -> Result<Vec<Vec<PathBuf>>, Failure> {
        let names: Vec<&str> = fleet.bundles.iter().map(|bundle| bundle.name.as_str()).collect();
        let shared = shared_folder(&names);
        let short = |name: &str| name.get(shared..).unwrap_or(name).trim_matches('/').replace(['/', '\\', ':'], "-");
        let mut taken: BTreeMap<PathBuf, &str> = BTreeMap::new();
        let mut files = Vec::with_capacity(names.len());
        for name in names {
            let of_bundle: Vec<PathBuf> =
                self.each.iter().map(|(text, _)| PathBuf::from(text.replace(PLACEHOLDER, &short(name)))).collect();
            for path in &of_bundle {
                if let Some(other) = taken.insert(path.clone(), name) {
                    return Err(Failure::Usage(format!(
                        "-o: {} would be written twice, for {other} and for {name}: judge them in two runs",
                        path.display()
                    )));
                }
            }
            files.push(of_bundle);
        }
        Ok(files)
    }

    fn open(&self) -> Result<Vec<Whole>, Failure> {
        self.all.iter().map(|(path, _)| Whole::create(path).map_err(Failure::Output)).collect()
    }
}

/// How many bytes all names share up to the end of a folder.
fn shared_folder(names: &[&str]) -> usize {
    let Some((first, rest)) = names.split_first() else { return 0 };
    let common = rest.iter().fold(*first, |common, name| {
        let same = common.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
        // Names may differ within a character.
        common.get(..common.floor_char_boundary(same)).unwrap_or_default()
    });
    common.rfind('/').map_or(0, |at| at + 1)
}

/// What came of one bundle.
struct Judged {
    /// For standard output.
    printed: Vec<u8>,
    /// For the files of all bundles.
    files: Vec<Vec<u8>>,
    state: Result<Counted, String>,
}

/// What is counted of a bundle that was judged.
struct Counted {
    summary: Summary,
    gate: Option<Gate>,
    problems: usize,
}

/// Judges bundles, several at once.
struct Judge<'r> {
    options: &'r AnalysisOptions,
    render: &'r RenderOptions,
    targets: &'r Targets,
    audience: Option<Audience>,
    files: &'r BTreeMap<&'r str, &'r Vec<PathBuf>>,
}

impl Judge<'_> {
    fn bundle(&self, bundle: &Bundle, progress: &dyn Progress) -> Result<Judged, Failure> {
        if let Some(why) = &bundle.missing {
            return self.failed(bundle, why);
        }
        let intake = match intake::read(&[InputSpec::Path(bundle.path.clone())], &self.options.intake, progress) {
            Ok(intake) => intake,
            Err(error) => return self.failed(bundle, &error.to_string()),
        };
        let options = AnalysisOptions { words: vec![bundle.name.clone()], ..self.options.clone() };
        let report = analyze_intake(&intake, &options);
        drop(intake);
        let audience = output::audience(self.audience, &report);
        let shown = RenderOptions { audience, ..self.render.clone() };
        let plain = output::for_file(&shown);
        let of_bundle = self.files.get(bundle.name.as_str()).into_iter().flat_map(|files| files.iter());
        for (path, (_, format)) in of_bundle.zip(&self.targets.each) {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder {
                let made = std::fs::create_dir_all(folder);
                made.with_context(|| format!("cannot create the folder {}", folder.display()))
                    .map_err(Failure::Output)?;
            }
            output::write(&report, path, *format, &plain)?;
        }
        let text = |format, options: &RenderOptions| -> Result<Vec<u8>, Failure> {
            let mut text = Vec::new();
            let options = RenderOptions { bundle: Some(bundle.name.clone()), ..options.clone() };
            render(&report, format, &options, &mut text)?;
            Ok(text)
        };
        let mut printed = text(self.targets.printed, &shown)?;
        if self.targets.printed == Format::Text && !self.render.quiet {
            printed.push(b'\n');
        }
        let files = self.targets.all.iter().map(|(_, format)| text(*format, &plain)).collect::<Result<_, _>>()?;
        Ok(Judged { printed, files, state: Ok(counted(report)) })
    }

    /// A bundle of which nothing is known leaves a line all the same.
    #[allow(clippy::unnecessary_wraps, reason = "it stands for a judgement")]
    fn failed(&self, bundle: &Bundle, why: &str) -> Result<Judged, Failure> {
        let text = |format| -> Result<Vec<u8>, Failure> {
            let mut text = Vec::new();
            if format == Format::Jsonl {
                BundleLine::unreadable(&bundle.name, why).write(&mut text)?;
            } else {
                writeln!(text, "== {}\nnot judged: {}", neutral(&bundle.name), neutral(why))?;
            }
            Ok(text)
        };
        let files = self.targets.all.iter().map(|(_, format)| text(*format)).collect::<Result<_, _>>()?;
        Ok(Judged { printed: text(self.targets.printed)?, files, state: Err(why.to_owned()) })
    }
}

fn counted(report: Report) -> Counted {
    Counted { summary: report.summary, problems: report.snapshot.problems.len(), gate: report.gate }
}

/// What came of the fleet.
#[derive(Default)]
struct Tally {
    /// The worst of all.
    code: u8,
    summary: Summary,
    judged: usize,
    tripped: Vec<String>,
    unreadable: Vec<(String, String)>,
    with_problems: Vec<(String, usize)>,
    /// What the configuration accepts, and whether it is used anywhere.
    given: BTreeMap<(String, String, String), GivenSuppression>,
    /// Annotations that nobody may rely on, in all bundles.
    not_applied: usize,
}

impl Tally {
    fn add(&mut self, bundle: &Bundle, judged: Judged) {
        let Counted { summary, gate, problems } = match judged.state {
            Ok(counted) => counted,
            Err(why) => {
                self.code = self.code.max(NOTHING);
                self.unreadable.push((bundle.name.clone(), why));
                return;
            }
        };
        self.judged += 1;
        self.summary += summary;
        if problems > 0 {
            self.with_problems.push((bundle.name.clone(), problems));
        }
        let Some(gate) = gate else { return };
        if gate.tripped {
            self.code = self.code.max(GATE);
            self.tripped.push(bundle.name.clone());
        }
        for given in gate.suppressions {
            match (given.by, given.state) {
                (SuppressedBy::Config, _) => self.accepted(given),
                (_, SuppressionState::NotApplied) => self.not_applied += 1,
                _ => {}
            }
        }
    }

    /// What is used in one bundle is used.
    fn accepted(&mut self, given: GivenSuppression) {
        let key = (given.place.clone(), given.code.clone(), given.object.clone());
        let known = self.given.entry(key).or_insert_with(|| given.clone());
        if known.state == SuppressionState::Unused {
            known.state = given.state;
        }
    }

    /// The summary, to whoever watches.
    fn say(&self, command: &Check, all: usize, share: usize, left_out: &[String]) {
        let of_all = match command.each.shard {
            Some(shard) => format!("share {shard}: {share} of {}", bundles(all)),
            None => bundles(all),
        };
        let under = self.judged - self.tripped.len();
        let mut parts = vec![format!("{under} under the gate (--fail-on {})", command.fail_on.word())];
        parts.extend((!self.tripped.is_empty()).then(|| format!("{} tripped it", self.tripped.len())));
        parts.extend((!self.unreadable.is_empty()).then(|| format!("{} not judged", self.unreadable.len())));
        anstream::eprintln!("kubereach: {of_all}: {}", parts.join(", "));
        if self.judged > 0 {
            let words: Vec<String> =
                Verdict::ALL.iter().map(|verdict| format!("{} {verdict}", self.summary.of(*verdict))).collect();
            anstream::eprintln!("kubereach: subjects of all of them: {}", words.join(" · "));
        }
        list("tripped the gate", self.tripped.iter().cloned());
        list("not judged", self.unreadable.iter().map(|(name, why)| format!("{name}: {why}")));
        let problems = |(name, n): &(String, usize)| format!("{name}: {n}");
        list("judged, but something in it could not be read", self.with_problems.iter().map(problems));
        list("left out, because it cannot hold objects or leads out of its folder", left_out.iter().cloned());
        if self.not_applied > 0 {
            anstream::eprintln!(
                "kubereach: annotations that were not applied (--ignore-annotations says whose count): {}",
                self.not_applied
            );
        }
        // What no bundle showed may be of one that could not be read.
        let unread = !self.unreadable.is_empty();
        check::remind(self.given.values().filter(|given| !(unread && given.state == SuppressionState::Unused)));
    }
}

fn bundles(n: usize) -> String {
    if n == 1 { "1 bundle".to_owned() } else { format!("{n} bundles") }
}

fn list(what: &str, names: impl ExactSizeIterator<Item = String>) {
    let total = names.len();
    for name in names.take(NAMED) {
        anstream::eprintln!("  {what}: {}", neutral(&name));
    }
    if total > NAMED {
        anstream::eprintln!("  {what}: and {} more", total - NAMED);
    }
}

/// A progress line where a person watches.
fn watched(command: &Check, bundles: &[Bundle]) -> Option<Bar> {
    use std::io::IsTerminal as _;
    // Lines of results and the line of progress would write over each other.
    let watched =
        command.reading.progress == When::Auto && std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
    let sizes =
        || bundles.iter().map(|b| std::fs::metadata(&b.path).ok().filter(std::fs::Metadata::is_file).map(|m| m.len()));
    watched.then(|| Bar::new(sizes().sum()))
}
