//! From a file on disk to the verdict, at any size, each figure beside a yardstick of the same run.

pub(crate) mod child;
pub(crate) mod files;
pub(crate) mod machine;
pub(crate) mod table;
pub(crate) mod yardsticks;

use std::path::{Path, PathBuf};

/// What the program allocates with, the benchmark does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a benchmark that cannot go on ends with.
pub(crate) type Any<T> = Result<T, Box<dyn std::error::Error>>;

/// Pods without `--pods`.
const PODS: usize = 5_000;

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Pods of the cluster.
    pub(crate) pods: usize,
    /// Where the files of the cluster are written and kept; a folder that goes away, without it.
    pub(crate) keep: Option<PathBuf>,
}

/// Runs as the command line says. `program` gives `kubereach`, built like this program.
pub(crate) fn main(program: impl FnOnce() -> Any<PathBuf>) -> Any<()> {
    // `cargo bench` adds `--bench`.
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if let [task, path] = args.as_slice()
        && !task.starts_with("--")
    {
        return child::work(task, Path::new(path));
    }
    if let Some(asked) = parse(&args)? {
        return table::table(&asked, &program()?);
    }
    println!("Options: --pods N (default {PODS}), --keep FOLDER (write the cluster there, and leave it)");
    Ok(())
}

/// None where help is asked for.
fn parse(args: &[String]) -> Any<Option<Asked>> {
    let mut asked = Asked { pods: PODS, keep: None };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} wants a value"));
        match arg.as_str() {
            "--pods" => asked.pods = value()?.replace('_', "").parse()?,
            "--keep" => asked.keep = Some(value()?.into()),
            "--help" | "-h" => return Ok(None),
            number if number.parse::<usize>().is_ok() => asked.pods = number.parse()?,
            other => return Err(format!("{other} is not known; see --help").into()),
        }
    }
    Ok(Some(Asked { pods: asked.pods.max(1), ..asked }))
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
pub(crate) fn float(n: usize) -> f64 {
    n as f64
}
