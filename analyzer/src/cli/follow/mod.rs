//! `kubereach check --live --watch` and `--wait-for`: judge again whenever the cluster changes.

mod goal;
mod lines;

use std::io::Write as _;
use std::time::{Duration, Instant};

use clap::Args;
use kubereach_engine::AnalysisOptions;
use kubereach_engine::analyze_intake;
use kubereach_intake::progress::Silent;
use kubereach_live::cluster::{self, Ask, Marks, Patience, Target, Woken};
use kubereach_prober::probe::Stop;
use kubereach_reports::render::{Format, RenderOptions};
use kubereach_reports::report::Report;

use super::args::Check;
use super::output;
use super::via::ending;
use super::{Failure, GATE, NOTHING, OK, check, input};

use goal::{Goal, WaitFor};

/// Between two reads at least so long, and so many times what the last one took: a cluster where something changes
/// all the time is not read all the time.
const PAUSE: Duration = Duration::from_secs(1);
const PAUSE_TIMES: u32 = 4;

/// Staying with a live cluster.
#[derive(Debug, Args)]
#[command(next_help_heading = "Staying with a live cluster")]
pub(super) struct FollowFlags {
    /// With --live: judge again whenever something changes, and print what changed, one line each, until Ctrl-C
    #[arg(long, requires = "live", conflicts_with_all = ["wait_for", "via", "on_top_of"])]
    pub watch: bool,
    /// With --live, and KIND/NAME instead of INPUT: wait until these subjects are so, and end with 0; with 1
    /// where --timeout is over before
    #[arg(long, value_enum, value_name = "VERDICT", requires = "live", conflicts_with_all = ["via", "on_top_of"])]
    pub wait_for: Option<WaitFor>,
    /// Read again after this time where a kind may not be watched
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = super::args::parse_time)]
    pub interval: Duration,
}

impl FollowFlags {
    /// One of them was given.
    pub(super) const fn given(&self) -> bool {
        self.watch || self.wait_for.is_some()
    }
}

/// Judges until it is interrupted, or what was waited for is there.
pub(super) fn run(command: &Check) -> Result<u8, Failure> {
    let files = command.report.output.iter().map(|path| output::target_of(path)).collect::<Result<Vec<_>, _>>()?;
    let cluster = &command.reading.live.cluster;
    let target = input::target(cluster);
    // A kubeconfig that names no cluster will not name one later.
    let namespace = cluster::namespace_of(&target)?;
    let goal = goal(command, namespace)?;
    let mut options = check::options(command)?;
    options.words = input::words(&command.reading);
    if let Some(goal) = &goal {
        options.filter.kinds = goal.subjects.iter().map(|(kind, _)| (*kind).clone()).collect();
        options.filter.names = goal.subjects.iter().map(|(_, name)| name.clone()).collect();
        options.filter.namespaces = vec![goal.namespace.clone()];
    }
    let follower = Follower {
        command,
        target,
        goal,
        files,
        render: RenderOptions {
            audience: command.report.audience.unwrap_or_default(),
            ..output::for_file(&check::rendering(command))
        },
        began: Instant::now(),
    };
    ending(follower.interrupted(), |stop| follower.follow(options, stop))
}

fn goal(command: &Check, own: String) -> Result<Option<Goal>, Failure> {
    let words: Vec<String> = command.reading.inputs.iter().map(|path| path.display().to_string()).collect();
    let Some(verdict) = command.follow.wait_for else {
        return match words.first() {
            Some(word) => {
                Err(Failure::Usage(format!("--live reads a cluster, and {word} is a file: give one of them")))
            }
            None => Ok(None),
        };
    };
    if verdict == WaitFor::Healthy && command.measured.observations.is_empty() {
        return Err(Failure::Usage(
            "healthy is said of what live traffic has shown, and nothing is measured here: name the file of a \
             measurement that is under way with --observations, or wait for config-ok"
                .to_owned(),
        ));
    }
    if command.measured.observations.iter().any(|path| path.as_os_str() == "-") {
        let words = "--observations -: the file is read again and again, so it cannot be standard input";
        return Err(Failure::Usage(words.to_owned()));
    }
    let namespace = match command.subjects.namespace.as_slice() {
        [one] => one.clone(),
        [] => own,
        _ => return Err(Failure::Usage("--wait-for looks at one namespace: give -n once".to_owned())),
    };
    Goal::new(verdict, &words, namespace).map(Some)
}

struct Follower<'c> {
    command: &'c Check,
    target: Target,
    goal: Option<Goal>,
    files: Vec<(std::path::PathBuf, Format)>,
    render: RenderOptions,
    began: Instant,
}

impl Follower<'_> {
    fn follow(&self, mut options: AnalysisOptions, stop: Option<Stop>) -> Result<u8, Failure> {
        // Every second counts, and nobody reads what it would be otherwise.
        options.once = true;
        let mut last: Option<Report> = None;
        let mut failing: Option<(Instant, String)> = None;
        loop {
            let took = Instant::now();
            let (report, marks) = match self.judge(&mut options) {
                Ok(read) => read,
                Err(Failure::Nothing(why)) => {
                    if last.is_none() && self.goal.is_none() {
                        return Err(Failure::Nothing(why));
                    }
                    // Not every read says the same words; once is enough.
                    if failing.is_none() {
                        say(&format!("gap: the cluster cannot be read: {why}"))?;
                    }
                    failing = Some((failing.map_or(took, |(since, _)| since), why));
                    match self.pause(took, PAUSE.max(Duration::from_secs(2)), stop.clone())? {
                        Woken::Stopped => return Ok(self.interrupted()),
                        Woken::TimeIsUp => return Ok(self.late(last.as_ref(), failing.as_ref())),
                        _ => continue,
                    }
                }
                Err(other) => return Err(other),
            };
            if let Some((since, _)) = failing.take() {
                let seconds = since.elapsed().as_secs();
                say(&format!("read again after {seconds} s; what happened in between is not shown step by step"))?;
            }
            for (path, format) in &self.files {
                output::write(&report, path, *format, &self.render)?;
            }
            let told = match &last {
                Some(before) => lines::changes(before, &report),
                None => lines::opening(&report),
            };
            for line in told.iter().filter(|_| !self.command.report.quiet) {
                say(line)?;
            }
            if self.goal.as_ref().is_some_and(|goal| goal.missing(&report).is_empty()) {
                return Ok(OK);
            }
            last = Some(report);
            match self.wait(took, &marks, stop.clone())? {
                Woken::Stopped => return Ok(self.interrupted()),
                Woken::TimeIsUp => return Ok(self.late(last.as_ref(), None)),
                Woken::Gap(why) => say(&format!("gap: {}; everything is read anew", lines::line(&why)))?,
                Woken::Changed | Woken::Interval => {}
            }
        }
    }

    /// Ctrl-C is how watching ends; what was waited for was not reached.
    const fn interrupted(&self) -> u8 {
        if self.goal.is_some() { GATE } else { OK }
    }

    fn judge(&self, options: &mut AnalysisOptions) -> Result<(Report, Marks), Failure> {
        let cluster = &self.command.reading.live.cluster;
        let namespaces = match &self.goal {
            Some(goal) => vec![goal.namespace.clone()],
            None => self.command.subjects.namespace.clone(),
        };
        let timeout = self.left().map_or(cluster.timeout, |left| left.max(PAUSE).min(cluster.timeout));
        let ask = Ask { namespaces, read_tls: cluster.read_tls, timeout, ..Ask::default() };
        // A measurement may come in while we wait.
        options.observations = match input::observations(&self.command.reading, &self.command.measured) {
            // It need not be there yet.
            Err(Failure::Nothing(_) | Failure::Usage(_)) if self.goal.is_some() => Vec::new(),
            read => read?,
        };
        let (intake, marks) = cluster::read_marked(&self.target, &ask, &options.intake, Box::new(Silent))?;
        Ok((analyze_intake(&intake, options), marks))
    }

    /// What is left of the time for waiting, if it is limited.
    fn left(&self) -> Option<Duration> {
        let whole = self.command.reading.live.cluster.timeout;
        self.goal.as_ref().map(|_| whole.saturating_sub(self.began.elapsed()))
    }

    fn pause(&self, since: Instant, least: Duration, stop: Option<Stop>) -> Result<Woken, Failure> {
        let pause = least.max(since.elapsed() * PAUSE_TIMES).min(self.command.follow.interval.max(least));
        let (time, woken) = match self.left() {
            Some(left) if left <= pause => (left, Woken::TimeIsUp),
            _ => (pause, Woken::Interval),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(async {
            let stopped = async {
                match stop {
                    Some(stop) => stop.pulled().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stopped => Woken::Stopped,
                () = tokio::time::sleep(time) => woken,
            }
        }))
    }

    fn wait(&self, since: Instant, marks: &Marks, stop: Option<Stop>) -> Result<Woken, Failure> {
        match self.pause(since, PAUSE, stop.clone())? {
            Woken::Interval => {}
            other => return Ok(other),
        }
        let patience = Patience {
            interval: self.command.follow.interval,
            always: !self.command.measured.observations.is_empty(),
            at_most: self.left(),
            stop,
        };
        match cluster::wait(&self.target, marks, patience) {
            Ok(woken) => Ok(woken),
            Err(error) => Ok(Woken::Gap(error.to_string())),
        }
    }

    /// The time is over: what is missing, for whoever reads the log of the script.
    fn late(&self, last: Option<&Report>, failing: Option<&(Instant, String)>) -> u8 {
        let Some(goal) = &self.goal else { return OK };
        if let Some((_, why)) = failing {
            anstream::eprintln!("kubereach: the time is over, and the cluster cannot be read: {}", lines::line(why));
        }
        let Some(report) = last else { return NOTHING };
        for missing in goal.missing(report) {
            anstream::eprintln!("kubereach: the time is over: {}", lines::line(&missing));
        }
        GATE
    }
}

/// One line with its time.
fn say(text: &str) -> Result<(), Failure> {
    let now = jiff::Timestamp::now();
    let now = jiff::Timestamp::from_second(now.as_second()).unwrap_or(now);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{now} {text}")?;
    Ok(out.flush()?)
}
