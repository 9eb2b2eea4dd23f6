//! What a figure was measured on.

use std::process::Command;

/// A line of a file of `/proc`.
fn line(file: &str, key: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    Some(line.trim_matches([' ', '\t', ':']).to_owned())
}

fn first_line(command: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(command).args(args).output().ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
}

/// A line of `/proc/self/status` in bytes; 0 where there is none.
pub(crate) fn status(key: &str) -> usize {
    let value = line("/proc/self/status", key);
    value.and_then(|v| v.split_whitespace().next()?.parse::<usize>().ok()).map_or(0, |kib| kib * 1024)
}

/// One line per fact.
pub(crate) fn machine() -> Vec<String> {
    let unknown = || "unknown".to_owned();
    let threads = std::thread::available_parallelism().map_or_else(|_| unknown(), |n| n.to_string());
    let cpu = line("/proc/cpuinfo", "model name").unwrap_or_else(unknown);
    let memory = line("/proc/meminfo", "MemTotal:")
        .and_then(|v| v.split_whitespace().next()?.parse::<u64>().ok())
        .map_or_else(unknown, |kib| format!("{} GiB", (kib + (1 << 19)) >> 20));
    let load = std::fs::read_to_string("/proc/loadavg").ok();
    let load = load.and_then(|l| l.split_whitespace().next().map(str::to_owned)).unwrap_or_else(unknown);
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let commit = first_line("git", &["describe", "--always", "--dirty"]).unwrap_or_else(unknown);
    vec![
        format!("{threads} threads of {cpu}, {memory}; load {load} before the run"),
        format!(
            "kubereach {} ({commit}); {}; {} {}",
            env!("CARGO_PKG_VERSION"),
            first_line(&rustc, &["--version"]).unwrap_or_else(unknown),
            std::env::consts::OS,
            std::env::consts::ARCH
        ),
    ]
}
