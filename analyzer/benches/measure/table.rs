//! The one table.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::child::{self, Figures};
use super::{Any, Asked, files, float, machine};

/// The size that every other one is compared with.
const SMALL: usize = 5_000;
/// Pods of the inputs that only rates are measured on: the yardsticks are slow.
const RATES: usize = 20_000;

/// Generates the cluster, runs everything, and prints row by row.
pub(crate) fn table(asked: &Asked, program: &Path) -> Any<()> {
    let place = match &asked.keep {
        Some(folder) => Place::Kept(folder.clone()),
        // Beside the program: the folder for temporary files may be memory.
        None => Place::Gone(tempfile::tempdir_in(std::env::current_exe()?.parent().unwrap_or(Path::new(".")))?),
    };
    std::fs::create_dir_all(place.path())?;
    let run = Run { folder: place.path(), program, pods: asked.pods };
    for line in machine::machine() {
        println!("{line}");
    }
    println!(
        "\n| what | size | time | processor | rate | peak memory | beside | ratio, time | ratio, processor | goal |\n\
         |---|---|---|---|---|---|---|---|---|---|"
    );
    run.rates()?;
    run.full()?;
    run.whole()?;
    run.memory()?;
    run.start_up()
}

enum Place {
    Kept(PathBuf),
    Gone(tempfile::TempDir),
}

impl Place {
    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Gone(folder) => folder.path(),
        }
    }
}

/// One row.
#[derive(Default)]
struct Row<'r> {
    size: Option<usize>,
    figures: Option<&'r Figures>,
    /// What it is held against, its figures, and the goal.
    beside: Option<(&'r str, &'r Figures)>,
    /// A ratio of its own, in place of that with the yardstick's time.
    ratio: Option<String>,
    /// What stands in its place of the memory.
    memory: Option<String>,
    goal: &'r str,
}

impl Row<'_> {
    fn print(self, what: &str) {
        let dash = || "—".to_owned();
        let of = |say: fn(&Figures) -> String| self.figures.map_or_else(dash, say);
        let seconds = |s: f64| if s < 1.0 { format!("{:.1} ms", s * 1e3) } else { format!("{s:.2} s") };
        let both = self.figures.zip(self.beside);
        let cells = [
            what.to_owned(),
            self.size.map_or_else(dash, |size| format!("{:.1} MB", float(size) / 1e6)),
            self.figures.map_or_else(dash, |f| seconds(f.seconds)),
            self.figures.map_or_else(dash, |f| seconds(f.cpu)),
            self.figures.zip(self.size).map_or_else(dash, |(f, size)| format!("{:.0} MB/s", f.rate(size))),
            self.memory.unwrap_or_else(|| of(|f| format!("{:.0} MB", float(f.peak) / 1e6))),
            self.beside.map_or_else(dash, |(name, _)| name.to_owned()),
            self.ratio.or_else(|| both.map(|(f, (_, than))| format!("{:.2} ×", f.faster(than)))).unwrap_or_else(dash),
            both.map_or_else(dash, |(f, (_, than))| format!("{:.2} ×", f.faster_cpu(than))),
            if self.goal.is_empty() { dash() } else { self.goal.to_owned() },
        ];
        println!("| {} |", cells.join(" | "));
        // Row by row: the large sizes take minutes.
        let _ = std::io::stdout().flush();
    }
}

struct Run<'r> {
    folder: &'r Path,
    program: &'r Path,
    pods: usize,
}

impl Run<'_> {
    fn at(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn say(&self, what: &str) {
        eprintln!("{what}, in {} …", self.folder.display());
    }

    /// Readers beside their yardsticks.
    fn rates(&self) -> Any<()> {
        let pods = self.pods.min(RATES);
        self.say(&format!("Writing a cluster of {pods} pods for the rates"));
        let (yaml, other, gz, json) =
            (self.at("some.yaml"), self.at("other.yaml"), self.at("some.tar.gz"), self.at("some.json"));
        let size = files::write(&yaml, pods, None)?;
        let row = |what: &str, size, figures: &Figures, beside: Option<(&str, &Figures)>, goal| {
            Row { size: Some(size), figures: Some(figures), beside, goal, ..Row::default() }.print(what);
        };
        let copied = child::run("copy", &yaml, 3)?;
        row(&format!("{pods} pods, YAML: copied, without reading it"), size, &copied, None, "");
        let yardstick = child::run("serde_yaml", &yaml, 2)?;
        row("serde_yaml, item by item into the same structs", size, &yardstick, None, "");
        let read = child::run("read", &yaml, 3)?;
        row("kubereach, as kubectl prints it → model", size, &read, Some(("serde_yaml", &yardstick)), "12 ×");

        let other_size = files::other(&yaml, &other)?;
        let slow_yardstick = child::run("serde_yaml", &other, 2)?;
        let slow = child::run("read", &other, 2)?;
        let beside = Some(("serde_yaml of the same", &slow_yardstick));
        row("kubereach, a flow list in every object", other_size, &slow, beside, "0.95 ×");
        for (what, path) in [("as kubectl prints it", &yaml), ("a flow list in every object", &other)] {
            let read = child::run("left", path, 1)?;
            let ratio = Some(format!("{} of {} objects", read.then, read.objects));
            Row { ratio, ..Row::default() }.print(&format!("left to the full parser, {what}"));
        }
        std::fs::remove_file(&other)?;

        files::pack(&yaml, &gz)?;
        let unpacked = child::run("gunzip", &gz, 3)?;
        row("the same as .tar.gz: gunzip alone", size, &unpacked, None, "");
        let packed = child::run("read", &gz, 3)?;
        row("kubereach, .tar.gz → model", size, &packed, Some(("gunzip alone", &unpacked)), "");
        let slower = read.seconds / packed.seconds;
        Row {
            ratio: Some(format!("{slower:.2} ×")), beside: Some(("the YAML uncompressed", &read)), ..Row::default()
        }
        .print("kubereach, .tar.gz → model");

        let size = files::write(&json, pods, None)?;
        let yardstick = child::run("serde_json", &json, 3)?;
        row(&format!("{pods} pods, JSON: serde_json, item by item into the same structs"), size, &yardstick, None, "");
        let read = child::run("read", &json, 3)?;
        row("kubereach, JSON → model", size, &read, Some(("serde_json", &yardstick)), "0.8 ×");
        Ok(())
    }

    /// The whole size: time per object, memory beside the file, and judgement beside reading.
    fn full(&self) -> Any<()> {
        let (small, full) = (self.at("small.yaml"), self.at("full.yaml"));
        self.say(&format!("Writing the cluster of {} pods as YAML", self.pods));
        files::write(&small, SMALL, None)?;
        let size = files::write(&full, self.pods, None)?;
        let few = child::run("read", &small, 5)?;
        let read = child::run("read", &full, 2)?;
        let name = format!("{} pods", self.pods);
        let per_object = |f: &Figures| f.seconds / float(f.objects);
        let ratio = Some(format!("{:.2} ×", per_object(&read) / per_object(&few)));
        let goal = "at most 1.2 ×";
        Row { size: Some(size), figures: Some(&read), ratio, goal, ..Row::default() }
            .print(&format!("{name}, YAML → model ({} objects); time per object beside {SMALL} pods", read.objects));
        let share = float(read.peak) / float(size);
        Row { ratio: Some(format!("{share:.2} ×")), goal: "at most 0.5 ×", ..Row::default() }
            .print(&format!("{name}, peak memory beside the file"));
        for (task, what, goal) in [("judge", "judgement", "at most 20 %"), ("report", "judgement and its report", "")] {
            let judged = child::run(task, &full, 3)?;
            let reading = judged.seconds - judged.then;
            let ratio = Some(format!("{:.0} %", judged.then / reading * 100.0));
            Row { ratio, goal, ..Row::default() }.print(&format!(
                "{name}, {what} of {} subjects ({:.2} s) beside reading ({reading:.2} s)",
                judged.objects, judged.then
            ));
        }
        Ok(())
    }

    /// The program itself, from its start to its end.
    fn whole(&self) -> Any<()> {
        let name = format!("{} pods", self.pods);
        let (yaml, json, gz) = (self.at("full.yaml"), self.at("full.json"), self.at("full.tar.gz"));
        self.say("Writing the same as .tar.gz and as JSON");
        let packed = files::pack(&yaml, &gz)?;
        let (html, text) = (self.at("report.html"), self.at("report.json"));
        let check =
            [OsStr::new("check"), OsStr::new("--quiet"), OsStr::new("--no-config"), OsStr::new("--fail-on=never")];
        let run = |input: &Path, more: &[&OsStr]| {
            let args: Vec<&OsStr> = check.into_iter().chain([input.as_os_str()]).chain(more.iter().copied()).collect();
            child::program(self.program, &args, 2)
        };
        let row = |what: &str, size: usize, figures: &Figures| {
            Row { size: Some(size), figures: Some(figures), ..Row::default() }.print(what);
        };
        let size = files::size(&yaml)?;
        row(&format!("{name}, `kubereach check`, YAML"), size, &run(&yaml, &[])?);
        let outputs = [OsStr::new("-o"), html.as_os_str(), OsStr::new("-o"), text.as_os_str()];
        row(&format!("{name}, `kubereach check -o report.html -o report.json`, YAML"), size, &run(&yaml, &outputs)?);
        for (what, path) in [("report.html", &html), ("report.json", &text)] {
            Row {
                size: Some(files::size(path)?),
                goal: if what == "report.html" { "30 MB" } else { "" },
                ..Row::default()
            }
            .print(&format!("{name}, {what}"));
        }
        row(&format!("{name}, `kubereach check`, .tar.gz (size as it is on disk)"), packed, &run(&gz, &[])?);
        std::fs::remove_file(&gz)?;
        let size = files::write(&json, self.pods, None)?;
        row(&format!("{name}, `kubereach check`, JSON"), size, &run(&json, &[])?);
        Ok(())
    }

    /// What an object costs in memory: a file of nothing but its kind, and one with several times as many. What the
    /// second takes more is the objects', whatever buffers there are.
    fn memory(&self) -> Any<()> {
        for (kind, pods, times) in
            [("Pod", SMALL * 2, 6), ("Service", SMALL * 12, 12), ("EndpointSlice", SMALL * 12, 6)]
        {
            let path = self.at("kind.yaml");
            files::write(&path, pods, Some(kind))?;
            let once = child::run("read", &path, 1)?;
            files::repeat(&path, times)?;
            let often = child::run("read", &path, 1)?;
            let more = often.objects.saturating_sub(once.objects);
            let bytes = float(often.kept.saturating_sub(once.kept)) / float(more);
            Row { memory: Some(format!("{bytes:.0} bytes")), ..Row::default() }
                .print(&format!("memory of a {kind} in the model ({more} of them)"));
        }
        Ok(())
    }

    fn start_up(&self) -> Any<()> {
        let tiny = self.at("tiny.yaml");
        let size = files::write(&tiny, 15, None)?;
        let args = ["check", "--quiet", "--no-config", "--fail-on=never"].map(OsStr::new);
        let args: Vec<&OsStr> = args.into_iter().chain([tiny.as_os_str()]).collect();
        let best = child::program(self.program, &args, 20)?;
        Row { size: Some(size), figures: Some(&best), goal: "10 ms", ..Row::default() }
            .print("15 pods, `kubereach check` from its start to its end (best of 20)");
        Ok(())
    }
}
