//! `--render`: what a folder named on the command line makes, by the tool that people render it with.
//!
//! The tool of the PATH runs without plugins and without the network: a kustomization that names something elsewhere is
//! refused before it runs, and what it might ask all the same gets no proxy, no transport of Git and no kubeconfig.
//! Kustomize itself reads no file outside of the roots that a kustomization names (`LoadRestrictionsRootOnly`).

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kubereach_intake::InputSpec;

use super::Failure;

/// How long a tool may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// The most that a tool may print.
const MOST_BYTES: u64 = 256 << 20;
/// Names of kustomizations (Kustomize reference).
const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// Keys that name further roots and files.
const NAMES: [&str; 3] = ["resources", "bases", "components"];

/// A tool, how it renders a folder, and how it says its version.
struct Tool {
    program: &'static str,
    words: &'static [&'static str],
    version: &'static [&'static str],
}

const KUSTOMIZE: [Tool; 2] = [
    Tool { program: "kustomize", words: &["build"], version: &["version"] },
    Tool { program: "kubectl", words: &["kustomize"], version: &["version", "--client", "-o", "json"] },
];
const HELM: [Tool; 1] = [Tool { program: "helm", words: &["template"], version: &["version", "--short"] }];

/// The input that stands for this one: what its folder renders to, or the input itself.
pub(super) fn rendered(path: &Path) -> Result<InputSpec, Failure> {
    let (tools, what): (&[Tool], _) = if kustomization(path).is_some() {
        refuse_elsewhere(path)?;
        (KUSTOMIZE.as_slice(), "a Kustomize folder")
    } else if path.join("Chart.yaml").is_file() {
        (HELM.as_slice(), "a Helm chart")
    } else {
        return Ok(InputSpec::Path(path.to_owned()));
    };
    let Some(tool) = tools.iter().find(|tool| is_on_path(tool.program)) else {
        let names: Vec<&str> = tools.iter().map(|tool| tool.program).collect();
        let why = format!("{} is {what}, and --render finds no {} on the PATH", path.display(), names.join(" or "));
        return Err(Failure::Usage(why));
    };
    let bytes = run(tool, tool.words, Some(path))
        .map_err(|why| Failure::Nothing(format!("{} {}: {why}", tool.program, path.display())))?;
    let version = run(tool, tool.version, None).map(|bytes| version(&bytes)).unwrap_or_default();
    let name = [tool.program, tool.words.first().copied().unwrap_or_default(), &version].join(" ");
    Ok(InputSpec::bytes(format!("{} ({})", path.display(), name.trim()), bytes))
}

/// The kustomization of a folder.
fn kustomization(folder: &Path) -> Option<PathBuf> {
    KUSTOMIZATIONS.iter().map(|name| folder.join(name)).find(|file| file.is_file())
}

/// A kustomization that builds upon something which is not on this machine would have it fetched.
fn refuse_elsewhere(folder: &Path) -> Result<(), Failure> {
    let (mut todo, mut seen) = (vec![folder.to_owned()], BTreeSet::new());
    while let Some(folder) = todo.pop() {
        if seen.len() > 1000 || !seen.insert(plain(&folder)) {
            continue;
        }
        let Some(file) = kustomization(&folder) else { continue };
        let text =
            std::fs::read_to_string(&file).map_err(|error| Failure::Nothing(format!("{}: {error}", file.display())))?;
        for entry in listed(&text) {
            let path = folder.join(&entry);
            if path.is_dir() {
                todo.push(path);
            } else if !path.exists() {
                return Err(Failure::Usage(format!(
                    "{} names {entry}, which is not on this machine: --render fetches nothing; render it yourself: \
                     kustomize build {} | kubereach check -",
                    file.display(),
                    folder.display()
                )));
            }
        }
    }
    Ok(())
}

/// A path without `.` and `..`, as far as that can be told by its words.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// What a kustomization builds upon. One that cannot be read as YAML is left to the tool, which says so.
fn listed(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut within = false;
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or_default().trim_end();
        let word = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
        if let Some(rest) = NAMES.iter().find_map(|key| line.strip_prefix(key)?.strip_prefix(':')) {
            within = rest.trim().is_empty();
            let inline = rest.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            found.extend(inline.into_iter().flat_map(|items| items.split(',')).map(word));
        } else if let Some(item) = line.trim_start().strip_prefix("- ").filter(|_| within) {
            // An object that stands there itself names nothing.
            found.extend(Some(item).filter(|item| !item.contains(": ") && !item.contains('\n')).map(word));
        } else if !line.starts_with([' ', '-']) && !line.is_empty() {
            within = false;
        }
    }
    found.retain(|entry| !entry.is_empty() && entry != "|" && entry != "|-");
    found
}

fn is_on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// What a tool prints; the error is what it says instead.
fn run(tool: &Tool, words: &[&str], folder: Option<&Path>) -> Result<Vec<u8>, String> {
    let nowhere = "http://127.0.0.1:9";
    let mut command = Command::new(tool.program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A folder whose name begins with a dash is no option.
    if let Some(folder) = folder {
        command.arg(if folder.is_absolute() { folder.to_owned() } else { Path::new(".").join(folder) });
    }
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env(name, nowhere);
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    command.env("GIT_ALLOW_PROTOCOL", "none").env("GIT_TERMINAL_PROMPT", "0");
    command.env("KUBECONFIG", if cfg!(windows) { "NUL" } else { "/dev/null" });
    command.env("HELM_PLUGINS", if cfg!(windows) { "NUL" } else { "/dev/null" });
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let reader = |pipe: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = pipe.map(|pipe| pipe.take(MOST_BYTES).read_to_end(&mut bytes));
            read.transpose().map(|_| bytes)
        })
    };
    let out = reader(out.map(|pipe| Box::new(pipe) as Box<dyn std::io::Read + Send>));
    let err = reader(err.map(|pipe| Box::new(pipe) as Box<dyn std::io::Read + Send>));
    let began = Instant::now();
    let status = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status,
            None if began.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("it did not end in {} seconds", PATIENCE.as_secs()));
            }
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let text = |thread: std::thread::JoinHandle<std::io::Result<Vec<u8>>>| {
        thread.join().ok().and_then(Result::ok).unwrap_or_default()
    };
    let (out, err) = (text(out), text(err));
    if status.success() {
        return Ok(out);
    }
    let said = String::from_utf8_lossy(&err);
    let line = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it failed");
    Err(line.chars().take(300).collect())
}

/// The version in what a tool says of itself: `v5.5.0`, `v3.16.1+g…`, kubectl's JSON.
fn version(said: &[u8]) -> String {
    if let Ok(said) = serde_json::from_slice::<serde_json::Value>(said) {
        return said.get("kustomizeVersion").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    }
    String::from_utf8_lossy(said).split_whitespace().next().unwrap_or_default().chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_kustomization_builds_upon_is_found() {
        let text = "resources:\n- ../base\n  # a comment\n- \"web.yaml\"  # another\npatches:\n- path: x.yaml\n\
                    components: [../a, 'b']\n";
        assert_eq!(listed(text), ["../base", "web.yaml", "../a", "b"]);
        let remote = "resources:\n  - https://example.com/x?ref=v1\n  - github.com/a/b//c\nnamespace: x\n";
        assert_eq!(listed(remote), ["https://example.com/x?ref=v1", "github.com/a/b//c"]);
    }

    #[test]
    fn versions_are_read_of_what_tools_say() {
        assert_eq!(version(b"v5.5.0\n"), "v5.5.0");
        assert_eq!(version(br#"{"clientVersion": {}, "kustomizeVersion": "v5.5.0"}"#), "v5.5.0");
        assert_eq!(version(b""), "");
    }

    #[test]
    fn paths_lose_their_dots() {
        assert_eq!(plain(Path::new("a/./b/../c")), Path::new("a/c"));
    }
}
