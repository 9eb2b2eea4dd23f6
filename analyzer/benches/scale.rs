//! Intake at scale, from files on disk to the snapshot: each figure beside a yardstick of the same run.
//! `cargo bench -p kubereach --bench scale -- 150000` (the number of pods; 5,000 without it)
//!
//! Every reading is a process of its own, so that its peak memory is its own.

mod support;

/// What the program allocates with, the benchmark does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use kubereach::intake::progress::Silent;
use kubereach::intake::{Content, InputSpec, IntakeOptions, Limits, read, scan};
use kubereach::snapshot::{AnyObject, Decode};
use serde::de::{DeserializeOwned, IgnoredAny};
use support::Size;

type Any<T> = Result<T, Box<dyn std::error::Error>>;

/// The size that every other one is compared with.
const SMALL: usize = 5_000;
/// Pods of the inputs that only rates are measured on.
const RATES: usize = 20_000;

fn main() -> Any<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    if let [task, path] = args.as_slice() {
        return one(task, Path::new(path));
    }
    let pods = args.first().and_then(|n| n.parse().ok()).unwrap_or(SMALL);
    table(pods)
}

/// What one process measured.
#[derive(Debug, Clone, Copy, Default)]
struct Figures {
    seconds: f64,
    /// Processor time of all threads together, user and system.
    cpu: f64,
    objects: usize,
    /// Most memory the process had, in bytes, and how much more it had with the result than without.
    peak: usize,
    kept: usize,
}

/// A line of `/proc/self/status` in bytes; 0 where there is none.
fn status(key: &str) -> usize {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    line.and_then(|l| l.split_whitespace().nth(1)?.parse::<usize>().ok()).map_or(0, |kib| kib * 1024)
}

/// Processor seconds of this process so far (Linux counts them in hundredths); 0 where nobody says.
fn processor_time() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in brackets, may hold anything; the numbers behind it do not.
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn one(task: &str, path: &Path) -> Any<()> {
    let before = status("VmRSS");
    let start = Instant::now();
    let (objects, kept): (usize, Box<dyn std::any::Any>) = match task {
        "read" => {
            let intake = read(&[InputSpec::Path(path.to_path_buf())], &IntakeOptions::default(), &Silent)?;
            (intake.inputs.iter().map(|i| i.objects).sum(), Box::new(intake))
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
        "gunzip" => {
            let mut stream = flate2::read::MultiGzDecoder::new(File::open(path)?);
            let mut buffer = vec![0; 1 << 16];
            let mut total = 0;
            while let n @ 1.. = stream.read(&mut buffer)? {
                total += n;
            }
            (total, Box::new(()))
        }
        _ => return Err(format!("no such task: {task}").into()),
    };
    let seconds = start.elapsed().as_secs_f64();
    let after = status("VmRSS");
    println!("{seconds} {} {objects} {} {}", processor_time(), status("VmHWM"), after.saturating_sub(before));
    drop(kept);
    Ok(())
}

/// The best of some runs, each in a process of its own: the least time and the least processor time.
fn run(task: &str, path: &Path, times: usize) -> Any<Figures> {
    let mut best = Figures { seconds: f64::INFINITY, cpu: f64::INFINITY, ..Figures::default() };
    for _ in 0..times {
        let output = Command::new(std::env::current_exe()?).arg(task).arg(path).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut words = text.split_whitespace();
        let mut next = || words.next().ok_or_else(|| format!("{task}: {}", String::from_utf8_lossy(&output.stderr)));
        let (seconds, cpu): (f64, f64) = (next()?.parse()?, next()?.parse()?);
        best.cpu = best.cpu.min(cpu);
        let rest: Vec<usize> = [next()?, next()?, next()?].iter().map(|w| w.parse()).collect::<Result<_, _>>()?;
        if let (true, [objects, peak, kept]) = (seconds < best.seconds, rest.as_slice()) {
            best = Figures { seconds, objects: *objects, peak: *peak, kept: *kept, ..best };
        }
    }
    Ok(best)
}

struct Yaml<'a>(&'a str);

impl Decode for Yaml<'_> {
    type Error = serde_yaml::Error;
    fn decode<T: DeserializeOwned>(&self) -> Result<T, Self::Error> {
        let mut items: Vec<T> = serde_yaml::from_str(self.0)?;
        items.pop().ok_or_else(|| serde::de::Error::custom("no item"))
    }
}

/// The yardstick for YAML: `serde_yaml`, item by item, straight into the same structs.
fn yaml_items(text: &str) -> Any<Vec<AnyObject>> {
    let word = |item: &str, key: &str| {
        let line = item.lines().find_map(|l| l.get(2..)?.strip_prefix(key));
        line.map(|l| l.split('#').next().unwrap_or(l).trim().to_owned()).unwrap_or_default()
    };
    let (_, items) = text.split_once("items:\n").ok_or("no list")?;
    let (items, _) = items.split_once("\nkind: List").ok_or("no end")?;
    let mut starts: Vec<usize> = items.match_indices("\n- ").map(|(n, _)| n + 1).collect();
    starts.insert(0, 0);
    let ends = starts.iter().skip(1).copied().chain([items.len()]);
    let slices = starts.iter().zip(ends).map(|(&start, end)| items.get(start..end).unwrap_or_default());
    slices.map(|item| Ok(AnyObject::decode(&word(item, "apiVersion: "), &word(item, "kind: "), &Yaml(item))?)).collect()
}

struct Json<'a>(&'a serde_json::value::RawValue);

impl Decode for Json<'_> {
    type Error = serde_json::Error;
    fn decode<T: DeserializeOwned>(&self) -> Result<T, Self::Error> {
        serde_json::from_str(self.0.get())
    }
}

/// The yardstick for JSON: `serde_json`, item by item, straight into the same structs.
fn json_items(text: &str) -> Any<Vec<AnyObject>> {
    #[derive(serde::Deserialize)]
    struct List<'a> {
        #[serde(borrow)]
        items: Vec<&'a serde_json::value::RawValue>,
    }
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Head {
        api_version: String,
        kind: String,
    }
    let list: List<'_> = serde_json::from_str(text)?;
    let decode = |item: &&serde_json::value::RawValue| {
        let head: Head = serde_json::from_str(item.get())?;
        Ok(AnyObject::decode(&head.api_version, &head.kind, &Json(item))?)
    };
    list.items.iter().map(decode).collect()
}

fn write(path: &Path, pods: usize, only: Option<&str>) -> Any<usize> {
    let kind = |o: &serde_json::Value| only.is_none_or(|kind| o["kind"] == kind);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let objects = support::objects(Size { pods }).filter(kind);
    if path.extension().is_some_and(|e| e == "json") {
        support::write_json(objects, &mut file)?;
    } else {
        support::write_yaml(objects, &mut file)?;
    }
    file.flush()?;
    Ok(usize::try_from(std::fs::metadata(path)?.len())?)
}

#[allow(clippy::cast_precision_loss)] // Figures for people.
fn float(n: usize) -> f64 {
    n as f64
}

fn megabytes(bytes: usize) -> f64 {
    float(bytes) / 1e6
}

#[allow(clippy::too_many_lines)] // One table, row by row.
fn table(pods: usize) -> Any<()> {
    let dir = tempfile::tempdir()?;
    let at = |name: &str| -> PathBuf { dir.path().join(name) };
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|l| l.strip_prefix("model name")).map(|l| l.trim_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism()?;
    println!("{} pods; {}, {cores} threads", pods, cpu.unwrap_or("unknown processor"));
    println!(
        "| what | size | wall | CPU | MB per CPU s | peak memory | yardstick | ratio: wall | CPU |\n|---|---|---|---|---|---|---|---|---|"
    );
    let row = |what: &str, size: usize, f: &Figures, yardstick: &str, ratio: String| {
        let (rate, peak, size) = (megabytes(size) / f.cpu, megabytes(f.peak), megabytes(size));
        let (wall, cpu) = (f.seconds, f.cpu);
        println!(
            "| {what} | {size:.0} MB | {wall:.2} s | {cpu:.2} s | {rate:.0} | {peak:.0} MB | {yardstick} | {ratio} |"
        );
    };
    // How many times faster something is than its yardstick: by the clock on all cores, and per processor second.
    let beside = |yardstick: &Figures, f: &Figures, goal: &str| {
        format!("{:.2} × ({goal}) | {:.2} ×", yardstick.seconds / f.seconds, yardstick.cpu / f.cpu)
    };

    // Rates, beside their yardsticks.
    let some = pods.min(RATES);
    let size = write(&at("some.yaml"), some, None)?;
    let yardstick_yaml = run("serde_yaml", &at("some.yaml"), 2)?;
    let fast = run("read", &at("some.yaml"), 3)?;
    row("yardstick: serde_yaml, one thread", size, &yardstick_yaml, "—", "1 | 1".to_owned());
    row("canonical YAML", size, &fast, "serde_yaml", beside(&yardstick_yaml, &fast, "goal 12"));
    let text = std::fs::read_to_string(at("some.yaml"))?;
    let other: String = text
        .lines()
        .map(|l| if l.starts_with("    uid: ") { format!("{l} # id\n") } else { format!("{l}\n") })
        .collect();
    std::fs::write(at("other.yaml"), &other)?;
    let yardstick = run("serde_yaml", &at("other.yaml"), 2)?;
    let slow = run("read", &at("other.yaml"), 2)?;
    let ratio = beside(&yardstick, &slow, "goal 0.95");
    row("other YAML (a comment in every object)", other.len(), &slow, "serde_yaml", ratio);
    for (what, path) in [("canonical", at("some.yaml")), ("other", at("other.yaml"))] {
        let canonical = scan(
            &[InputSpec::Path(path)],
            &Limits::default(),
            &|_| None,
            &|raw| raw.canonical::<IgnoredAny>().is_some(),
            &Silent,
        )?;
        let (mut all, mut fell_back) = (0, 0);
        for member in canonical.inputs.iter().flat_map(|i| &i.members) {
            if let Content::Documents(docs) = &member.content {
                all += docs.objects.len();
                fell_back += docs.objects.iter().filter(|o| !o.value).count();
            }
        }
        println!("| left to the full parser, {what} | {fell_back} of {all} objects | | | | | | | |");
    }
    drop((text, other));
    let gz = at("some.tar.gz");
    let mut archive =
        tar::Builder::new(flate2::write::GzEncoder::new(File::create(&gz)?, flate2::Compression::default()));
    archive.append_path_with_name(at("some.yaml"), "bundle/cluster.yaml")?;
    archive.into_inner()?.finish()?.flush()?;
    let unpack = run("gunzip", &gz, 2)?;
    let packed = run("read", &gz, 2)?;
    row("the same as .tar.gz", size, &packed, "decompression alone", beside(&unpack, &packed, "—"));
    row("the same as .tar.gz", size, &packed, "uncompressed", beside(&fast, &packed, "—"));
    let size = write(&at("some.json"), some, None)?;
    let yardstick_json = run("serde_json", &at("some.json"), 3)?;
    let json = run("read", &at("some.json"), 3)?;
    row("yardstick: serde_json, one thread", size, &yardstick_json, "—", "1 | 1".to_owned());
    row("JSON", size, &json, "serde_json", beside(&yardstick_json, &json, "goal 0.8"));

    // The whole size: time per object, and memory beside the file.
    write(&at("small.yaml"), SMALL, None)?;
    let small = run("read", &at("small.yaml"), 5)?;
    let size = write(&at("full.yaml"), pods, None)?;
    let full = run("read", &at("full.yaml"), 2)?;
    let each = |f: &Figures| (f.seconds / float(f.objects), f.cpu / float(f.objects));
    let ((wall, cpu), (small_wall, small_cpu)) = (each(&full), each(&small));
    let ratio = format!("{:.2} × (goal at most 1.2) | {:.2} ×", wall / small_wall, cpu / small_cpu);
    row(&format!("{pods} pods, YAML"), size, &full, &format!("time per object at {SMALL}"), ratio);
    let share = float(full.peak) / float(size);
    let peak = megabytes(full.peak);
    println!("| its memory at the most | | | | | {peak:.0} MB | the YAML file | {share:.2} × (goal at most 0.5) | |");

    // What an object costs in memory: a file of nothing but its kind.
    for kind in ["Pod", "Service", "EndpointSlice"] {
        write(&at("kind.yaml"), SMALL * 12, Some(kind))?;
        let kept = run("read", &at("kind.yaml"), 1)?;
        println!(
            "| memory of a {kind} | {} objects | | | | {:.0} bytes | | | |",
            kept.objects,
            float(kept.kept) / float(kept.objects)
        );
    }
    let tiny = at("tiny.yaml");
    write(&tiny, 15, None)?;
    let mut start_up = f64::INFINITY;
    for _ in 0..10 {
        let start = Instant::now();
        Command::new(env!("CARGO_BIN_EXE_kubereach"))
            .args(["check", "-q", "--fail-on", "never"])
            .arg(&tiny)
            .output()?;
        start_up = start_up.min(start.elapsed().as_secs_f64());
    }
    println!("| `kubereach check` of 15 pods | | {:.1} ms (goal 10) | | | | | | |", start_up * 1e3);
    Ok(())
}
