//! `kubereach collect`

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use kubereach_prober::Observations;
use kubereach_prober::collect;

use super::args::Collect;
use super::{Failure, NOTHING, OK, plan};

/// A log larger than this is refused unread.
const MAX_LOG: u64 = 256 * 1024 * 1024;

/// Takes the results out of logs.
pub(super) fn run(command: &Collect) -> Result<u8, Failure> {
    super::input::exist(&command.logs)?;
    let mut results: Vec<Observations> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut failed = false;
    for path in &command.logs {
        let name = if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() };
        let mut complain = |what: &dyn std::fmt::Display| {
            anstream::eprintln!("kubereach: {name}: {what}");
            failed = true;
        };
        let bytes = match plan::read_bytes(path, MAX_LOG) {
            Ok(bytes) => bytes,
            Err(error) => {
                complain(&error);
                continue;
            }
        };
        let found = collect::results(&String::from_utf8_lossy(&bytes));
        if found.is_empty() {
            complain(&"no result of the prober is in it; read the log of the container 'prober', from its beginning");
        }
        for result in found {
            match result {
                Ok(read) => {
                    for problem in &read.problems {
                        anstream::eprintln!("kubereach: {name}: {problem}; the row is left out");
                    }
                    // The same log given twice, or a pod that is in two of them.
                    let digest = read.observations.digest().map_err(|error| Failure::Output(error.into()))?;
                    if seen.insert(digest) {
                        results.push(read.observations);
                    }
                }
                Err(error) => complain(&error),
            }
        }
    }
    results.sort_by(|a, b| (&a.started_at, &a.vantage.pod, &a.run).cmp(&(&b.started_at, &b.vantage.pod, &b.run)));
    write(command, &results)?;
    Ok(if failed { NOTHING } else { OK })
}

fn write(command: &Collect, results: &[Observations]) -> Result<(), Failure> {
    let failed = |error: serde_json::Error| Failure::Output(error.into());
    let Some(path) = &command.output else {
        let mut out = std::io::stdout().lock();
        for result in results {
            let text = match results {
                [_] => serde_json::to_string_pretty(result),
                _ => serde_json::to_string(result),
            };
            writeln!(out, "{}", text.map_err(failed)?)?;
        }
        out.flush()?;
        return Ok(());
    };
    for (index, result) in results.iter().enumerate() {
        let path = if results.len() == 1 { path.clone() } else { numbered(path, index + 1) };
        let text = format!("{}\n", serde_json::to_string_pretty(result).map_err(failed)?);
        plan::write_file(&path, text.as_bytes())?;
        anstream::eprintln!(
            "kubereach: {}: {} rows{}",
            path.display(),
            result.results.len(),
            result
                .vantage
                .pod
                .as_ref()
                .map_or_else(String::new, |pod| format!(" measured by pod {}", plan::plain(pod)))
        );
    }
    Ok(())
}

/// `seen.json` becomes `seen-2.json`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map_or_else(String::new, |e| format!(".{}", e.to_string_lossy()));
    path.with_file_name(format!("{stem}-{number}{ending}"))
}
