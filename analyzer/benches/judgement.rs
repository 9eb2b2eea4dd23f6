//! Judgement and reports at scale, beside the intake of the same process.
//! `cargo bench -p kubereach --bench judgement -- 5000 20000 150000` (numbers of pods; 5,000 and 20,000 without)
//!
//! Every size is a process of its own, so that its peak memory is its own.

mod support;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use kubereach_engine::AnalysisOptions;
use kubereach_engine::Filter;
use kubereach_engine::analyze_intake;
use kubereach_engine::judge_snapshot;
use kubereach_intake::progress::Silent;
use kubereach_intake::{InputSpec, IntakeOptions, read};
use kubereach_reports::render::{Format, RenderOptions as Rendering, render};
use support::Size;

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Any<T> = Result<T, Box<dyn std::error::Error>>;

/// Without arguments.
const SIZES: [usize; 2] = [5_000, 20_000];

fn main() -> Any<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    if let [task, path] = args.as_slice()
        && task == "one"
    {
        return one(Path::new(path));
    }
    let mut sizes: Vec<usize> = args.iter().filter_map(|n| n.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = SIZES.to_vec();
    }
    table(&sizes)
}

/// Wall clock and processor time of a part, in seconds.
struct Took {
    wall: f64,
    cpu: f64,
}

/// Processor time of this process so far, in ticks of a hundredth of a second.
fn ticks() -> u32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    fields.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u32>().ok()).sum()
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Took) {
    let (start, before) = (Instant::now(), ticks());
    let result = work();
    (result, Took { wall: start.elapsed().as_secs_f64(), cpu: f64::from(ticks() - before) / 100.0 })
}

/// A line of `/proc/self/status` in megabytes; 0 where there is none.
fn status(key: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|l| l.split_whitespace().nth(1)?.parse::<f64>().ok()).map_or(0.0, |kib| kib / 1000.0)
}

/// Counts what it is given.
struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Prints what was measured as `name wall cpu` and `name value`.
fn one(path: &Path) -> Any<()> {
    let inputs = [InputSpec::Path(path.to_path_buf())];
    let (intake, took) = timed(|| read(&inputs, &IntakeOptions::default(), &Silent));
    let intake = intake?;
    let print = |name: &str, took: &Took| println!("{name} {} {}", took.wall, took.cpu);
    print("intake", &took);
    println!("objects {}", intake.inputs.iter().map(|i| i.objects).sum::<usize>());
    let before = status("VmRSS");
    let (judged, took) = timed(|| -> Vec<_> {
        let snapshots = intake.snapshots.iter();
        snapshots.flat_map(|snapshot| judge_snapshot(snapshot, &Filter::default())).collect()
    });
    print("judgement", &took);
    println!("subjects {}", judged.len());
    drop(judged);
    let (report, took) = timed(|| analyze_intake(&intake, &AnalysisOptions::default()));
    print("report", &took);
    println!("memory {} {}", before, status("VmHWM"));
    drop(intake);
    for &format in Format::ALL {
        // Linux starts counting the peak anew at a 5.
        std::fs::write("/proc/self/clear_refs", "5")?;
        let before = status("VmRSS");
        let mut out = Count(0);
        let (result, took) = timed(|| render(&report, format, &Rendering::default(), &mut out));
        result?;
        #[allow(clippy::cast_precision_loss)] // Figures for people.
        let size = out.0 as f64 / 1e6;
        let more = status("VmHWM") - before;
        println!("render:{} {} {} {size} {more}", format.word(), took.wall, took.cpu);
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss)] // Figures for people.
fn table(sizes: &[usize]) -> Any<()> {
    let dir = tempfile::tempdir()?;
    let cores = std::thread::available_parallelism()?;
    println!("{cores} threads; seconds of the wall clock (of the processor)");
    println!("| pods | objects | subjects | intake | judgement | of intake | per object | judged and assembled |");
    println!("|---|---|---|---|---|---|---|---|");
    let (mut first, mut last): (Option<f64>, Vec<String>) = (None, Vec::new());
    for &pods in sizes {
        let path: PathBuf = dir.path().join("cluster.yaml");
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&path)?);
        support::write_yaml(support::objects(Size { pods }), &mut file)?;
        file.into_inner()?;
        let output = Command::new(std::env::current_exe()?).arg("one").arg(&path).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = |name: &str| -> Any<Vec<f64>> {
            let found = text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(' '));
            let found = found.ok_or_else(|| format!("{name}: {}", String::from_utf8_lossy(&output.stderr)))?;
            Ok(found.split(' ').filter_map(|n| n.parse().ok()).collect())
        };
        let at = |values: &[f64], index: usize| values.get(index).copied().unwrap_or_default();
        let (intake, judged, report) = (line("intake")?, line("judgement")?, line("report")?);
        let (objects, subjects) = (at(&line("objects")?, 0), at(&line("subjects")?, 0));
        let each = at(&judged, 0) / objects;
        let base = *first.get_or_insert(each);
        let took = |values: &[f64]| format!("{:.3} ({:.2})", at(values, 0), at(values, 1));
        println!(
            "| {pods} | {objects} | {subjects} | {} | {} | {:.0} % ({:.0} %) | {:.2} × | {} |",
            took(&intake),
            took(&judged),
            100.0 * at(&judged, 0) / at(&intake, 0),
            100.0 * at(&judged, 1) / at(&intake, 1),
            each / base,
            took(&report),
        );
        last = text.lines().filter(|l| l.starts_with("render:")).map(str::to_owned).collect();
        let memory = line("memory")?;
        last.insert(
            0,
            format!("memory of the snapshot {:.0} MB, at the most {:.0} MB", at(&memory, 0), at(&memory, 1)),
        );
    }
    println!("\nReports of the last size:");
    for line in last {
        match line.strip_prefix("render:").map(|l| l.split(' ').collect::<Vec<_>>()).as_deref() {
            Some([format, wall, cpu, size, more]) => {
                let short =
                    |n: &str, digits: usize| n.parse().map_or_else(|_| n.to_owned(), |n: f64| format!("{n:.digits$}"));
                println!(
                    "| {format} | {} MB | {} s ({} s) | {} MB more than before |",
                    short(size, 2),
                    short(wall, 2),
                    short(cpu, 2),
                    short(more, 1)
                );
            }
            _ => println!("{line}"),
        }
    }
    Ok(())
}
