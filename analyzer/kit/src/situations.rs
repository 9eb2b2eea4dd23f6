//! The folders of `fixtures/`: where they are, what goes in, with which options (`fixtures/README.md`).

use std::path::{Path, PathBuf};

use kubereach_intake::{InputSpec, IntakeOptions, yaml};
use kubereach_model::snapshot::Assumption;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The file that makes a folder a situation.
pub const EXPECT: &str = "expect.yaml";

/// The folder of all situations.
pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// The folders of all situations, in the order of names.
pub fn folders() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(fixtures())
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name() == EXPECT)
        .filter_map(|entry| entry.path().parent().map(Path::to_path_buf))
        .collect();
    found.sort();
    assert!(found.len() > 100, "fixtures are missing: {}", found.len());
    found
}

/// The name of a situation: its path below `fixtures/`, with `/`.
pub fn name(folder: &Path) -> String {
    let parts = folder.strip_prefix(fixtures()).unwrap_or(folder).iter();
    parts.map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// What a situation expects, as far as a test wants to know.
pub fn expect<T: DeserializeOwned>(folder: &Path) -> Result<T, String> {
    let text = std::fs::read(folder.join(EXPECT)).map_err(|e| e.to_string())?;
    let read = yaml::from_slice(&text, yaml::Slice::Document, yaml::tree::Bounds::default());
    read.map_err(|error| format!("{EXPECT}: {error}"))
}

/// The command line of a situation.
pub fn args(folder: &Path) -> Vec<String> {
    #[derive(Deserialize)]
    struct Args {
        #[serde(default)]
        args: Vec<String>,
    }
    expect::<Args>(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())).args
}

/// The options of `kubereach check` that a situation asks for. What a change leaves out (`--prune=`) is not about
/// reading.
pub fn options(args: &[String]) -> IntakeOptions {
    let mut options = IntakeOptions::default();
    for arg in args.iter().filter(|arg| !arg.starts_with("--prune=")) {
        match arg.as_str() {
            "--strict" => options.strict = true,
            "--helm-releases" => options.helm_releases = true,
            _ => match arg.strip_prefix("--kubernetes-version=1.") {
                Some(minor) => options.kubernetes_minor = minor.parse().ok(),
                None => assumed(arg, &mut options),
            },
        }
    }
    options
}

fn assumed(arg: &str, options: &mut IntakeOptions) {
    let assume = match arg {
        "--assume-complete" => Some("*"),
        other => other.strip_prefix("--assume-complete="),
    };
    match (assume, arg.strip_prefix("--default-namespace=")) {
        (Some(text), _) => options.assume_complete.extend(Assumption::parse(text).unwrap()),
        (None, Some(namespace)) => namespace.clone_into(&mut options.default_namespace),
        (None, None) => panic!("expect.yaml: the runner does not know the option {arg}"),
    }
}

/// Every entry of `input/` is an input of its own, in the order of names.
pub fn inputs(folder: &Path) -> Vec<InputSpec> {
    entries(&folder.join("input"))
}

/// Every entry of a folder as an input of its own, in the order of names.
pub fn entries(folder: &Path) -> Vec<InputSpec> {
    let read = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut inputs: Vec<PathBuf> = read.map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    inputs.into_iter().map(InputSpec::Path).collect()
}
