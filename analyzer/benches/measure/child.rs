//! Every figure is of a process of its own: its time, the processor's time of all its threads, and the most
//! memory it had.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use kubereach_engine::AnalysisOptions;
use kubereach_engine::Filter;
use kubereach_engine::analyze_intake;
use kubereach_engine::judge_snapshot;
use kubereach_intake::progress::Silent;
use kubereach_intake::{Content, InputSpec, IntakeOptions, Limits, read, scan};
use serde::de::IgnoredAny;
use wait4::Wait4 as _;

use super::machine::status;
use super::yardsticks::{json_items, yaml_items};
use super::{Any, float};

/// What one process measured.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figures {
    /// From start to end, of the work alone where the process says so.
    pub(crate) seconds: f64,
    /// Of the processor, user and system, of the whole process.
    pub(crate) cpu: f64,
    /// What came out.
    pub(crate) objects: usize,
    /// Most memory, in bytes.
    pub(crate) peak: usize,
    /// How much more it had with the result than without, in bytes.
    pub(crate) kept: usize,
    /// Seconds of a second step, where there is one; of `left`, how many are left.
    pub(crate) then: f64,
}

/// The work of a process that was started for it: prints seconds, objects, bytes kept, the second step and the most
/// memory. What the kernel says of a finished process would count this program's own memory in.
pub(crate) fn work(task: &str, path: &Path) -> Any<()> {
    let before = status("VmRSS:");
    let start = Instant::now();
    let mut then = 0.0;
    let (objects, kept): (usize, Box<dyn std::any::Any>) = match task {
        "copy" => {
            let (mut from, mut to) = (File::open(path)?, std::io::sink());
            let mut buffer = vec![0; 1 << 20];
            while let n @ 1.. = from.read(&mut buffer)? {
                to.write_all(buffer.get(..n).unwrap_or_default())?;
            }
            (0, Box::new(()))
        }
        "gunzip" => {
            let mut stream = flate2::read::MultiGzDecoder::new(File::open(path)?);
            let mut buffer = vec![0; 1 << 16];
            while stream.read(&mut buffer)? > 0 {}
            (0, Box::new(()))
        }
        "serde_yaml" => {
            let text = std::fs::read_to_string(path)?;
            let objects = yaml_items(&text)?;
            (objects.len(), Box::new(objects))
        }
        "serde_json" => {
            let text = std::fs::read_to_string(path)?;
            let objects = json_items(&text)?;
            (objects.len(), Box::new(objects))
        }
        "read" | "judge" | "report" => {
            let intake = read(&[InputSpec::Path(path.to_path_buf())], &IntakeOptions::default(), &Silent)?;
            let second = Instant::now();
            match task {
                "judge" => {
                    let judge = |snapshot| judge_snapshot(snapshot, &Filter::default());
                    let judged: Vec<_> = intake.snapshots.iter().flat_map(judge).collect();
                    then = second.elapsed().as_secs_f64();
                    (judged.len(), Box::new(judged))
                }
                "report" => {
                    let report = analyze_intake(&intake, &AnalysisOptions::default());
                    then = second.elapsed().as_secs_f64();
                    (report.subjects.len(), Box::new(report))
                }
                _ => (intake.inputs.iter().map(|i| i.objects).sum(), Box::new(intake)),
            }
        }
        "left" => {
            let (all, left) = left_to_the_full_parser(path)?;
            then = float(left);
            (all, Box::new(()))
        }
        _ => return Err(format!("no such task: {task}").into()),
    };
    let seconds = start.elapsed().as_secs_f64();
    println!("{seconds} {objects} {} {then} {}", status("VmRSS:").saturating_sub(before), status("VmHWM:"));
    drop(kept);
    Ok(())
}

/// The best of some runs of a task.
pub(crate) fn run(task: &str, path: &Path, times: usize) -> Any<Figures> {
    let this = std::env::current_exe()?;
    best(times, || {
        let (mut figures, text) = watched(Command::new(&this).arg(task).arg(path), true)?;
        let words: Vec<&str> = text.split_whitespace().collect();
        let [seconds, objects, kept, then, peak] = words.as_slice() else {
            return Err(format!("{task}: {text}").into());
        };
        figures.seconds = seconds.parse()?;
        figures.objects = objects.parse()?;
        figures.kept = kept.parse()?;
        figures.then = then.parse()?;
        figures.peak = peak.parse()?;
        Ok(figures)
    })
}

/// The best of some runs of the program itself.
pub(crate) fn program(program: &Path, args: &[&std::ffi::OsStr], times: usize) -> Any<Figures> {
    best(times, || Ok(watched(Command::new(program).args(args), false)?.0))
}

/// The run that took the least time, with the least processor time of all of them.
fn best(times: usize, run: impl Fn() -> Any<Figures>) -> Any<Figures> {
    let mut best = run()?;
    for _ in 1..times {
        let again = run()?;
        let cpu = best.cpu.min(again.cpu);
        if again.seconds < best.seconds {
            best = again;
        }
        best.cpu = cpu;
    }
    Ok(best)
}

/// Runs a process and looks at what it used; what it printed, where that is wanted.
fn watched(command: &mut Command, printed: bool) -> Any<(Figures, String)> {
    let out = if printed { Stdio::piped() } else { Stdio::null() };
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(out).stderr(Stdio::inherit()).spawn()?;
    let mut text = String::new();
    if let Some(mut out) = child.stdout.take() {
        out.read_to_string(&mut text)?;
    }
    let used = child.wait4()?;
    let seconds = start.elapsed().as_secs_f64();
    if !used.status.success() {
        return Err(format!("{command:?} failed: {}", used.status).into());
    }
    let cpu = used.rusage.utime.as_secs_f64() + used.rusage.stime.as_secs_f64();
    let peak = usize::try_from(used.rusage.maxrss)?;
    Ok((Figures { seconds, cpu, peak, ..Figures::default() }, text))
}

impl Figures {
    /// Megabytes a second of this many bytes.
    pub(crate) fn rate(&self, bytes: usize) -> f64 {
        float(bytes) / 1e6 / self.seconds
    }

    /// How many times as fast per second of the processor.
    pub(crate) fn faster_cpu(&self, than: &Self) -> f64 {
        than.cpu / self.cpu
    }

    /// How many times as fast by the clock.
    pub(crate) fn faster(&self, than: &Self) -> f64 {
        than.seconds / self.seconds
    }
}

/// Objects in a file, and how many of them are not surely canonical.
fn left_to_the_full_parser(path: &Path) -> Any<(usize, usize)> {
    let input = [InputSpec::Path(path.to_path_buf())];
    let scanned = scan(&input, &Limits::default(), &|_| None, &|raw| raw.canonical::<IgnoredAny>().is_some(), &Silent)?;
    let (mut all, mut left) = (0, 0);
    for member in scanned.inputs.iter().flat_map(|input| &input.members) {
        if let Content::Documents(docs) = &member.content {
            all += docs.objects.len();
            left += docs.objects.iter().filter(|object| !object.value).count();
        }
    }
    Ok((all, left))
}
