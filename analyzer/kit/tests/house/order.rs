//! Which part may know which: crates go one way, and within a crate no module uses a later one of its `lib.rs`.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use crate::files;

/// The crates, each with the ones of ours that it may depend on.
const CRATES: &[(&str, &[&str])] = &[
    ("reports", &[]),
    ("prober", &[]),
    ("analyzer/model", &["reports"]),
    ("analyzer/intake", &["model", "reports"]),
    ("analyzer/engine", &["model", "intake", "prober", "reports"]),
    ("analyzer/live", &["model", "intake", "prober", "reports"]),
    ("analyzer/mcp", &["model", "intake", "engine", "prober", "reports"]),
    ("analyzer", &["model", "intake", "engine", "live", "mcp", "prober", "reports"]),
    // What the tests share knows nothing of the engine, so that a change there does not rebuild it.
    ("analyzer/kit", &["model", "intake", "prober", "reports"]),
];

/// Modules that use a later one: crate, module, the later one. Nothing may be added.
const NOT_YET: &[(&str, &str, &str)] = &[];

fn text(path: &str) -> &'static str {
    let file = files::all().iter().find(|file| file.path == path);
    &file.unwrap_or_else(|| panic!("there is no {path}")).text
}

#[test]
fn crates_depend_one_way() {
    let name = Regex::new(r"^kubereach-(\w+)\b").unwrap();
    for (folder, may) in CRATES {
        let manifest = text(&format!("{folder}/Cargo.toml"));
        let dependencies = manifest.split("\n[").find(|part| part.starts_with("dependencies]")).unwrap();
        let used: BTreeSet<&str> =
            dependencies.lines().filter_map(|line| Some(name.captures(line)?.get(1)?.as_str())).collect();
        let wrong: Vec<_> = used.iter().filter(|used| !may.contains(used)).collect();
        assert!(wrong.is_empty(), "{folder} depends on {wrong:?}");
    }
}

/// The modules of a crate, in the order of its `lib.rs`.
fn modules(folder: &str) -> Vec<String> {
    let module = Regex::new(r"(?m)^(?:pub(?:\([^)]*\))? )?mod (\w+);").unwrap();
    let lib = text(&format!("{folder}/src/lib.rs"));
    module.captures_iter(lib).map(|found| found[1].to_owned()).collect()
}

/// Code without comments and without the unit tests at its end, which may use what they test with.
fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// The modules of the crate that a file names, `depth` modules deep: `crate::NAME`, `crate::{NAME, …}`, and as many
/// `super::` as lead to the root.
fn named(code: &str, depth: usize) -> BTreeSet<String> {
    let up = "super::".repeat(depth);
    let one = Regex::new(&format!(r"(?:\bcrate::|(?:^|[^:\w]){up})(\w+)")).unwrap();
    let group = Regex::new(r"\bcrate::\{([^;]*)\};").unwrap();
    let mut found: BTreeSet<String> = one.captures_iter(code).map(|found| found[1].to_owned()).collect();
    for inside in group.captures_iter(code) {
        // Names of the first level: what stands in no further bracket.
        let mut level = 0;
        let mut first = String::new();
        for letter in inside[1].chars() {
            level += i32::from(letter == '{') - i32::from(letter == '}');
            if level == 0 {
                first.push(letter);
            }
        }
        let head = |part: &str| part.trim().split("::").next().unwrap_or_default().to_owned();
        found.extend(first.split(',').map(head));
    }
    found
}

/// Uses of later modules: module, later one, files.
fn later(folder: &str) -> BTreeMap<(String, String), Vec<&'static str>> {
    let modules = modules(folder);
    let mut found: BTreeMap<(String, String), Vec<&'static str>> = BTreeMap::new();
    for (at, module) in modules.iter().enumerate() {
        let source = format!("{folder}/src/");
        let (own, below) = (format!("{source}{module}.rs"), format!("{source}{module}/"));
        let of_module = |path: &str| path == own || path.starts_with(&below);
        for file in files::rust(&source).filter(|f| of_module(&f.path) && !f.path.ends_with("tests.rs")) {
            let inner = file.path[source.len()..].trim_end_matches(".rs").trim_end_matches("/mod");
            let names = named(&code(&file.text), inner.split('/').count());
            for after in modules[at + 1..].iter().filter(|after| names.contains(*after)) {
                found.entry((module.clone(), after.clone())).or_default().push(&file.path);
            }
        }
    }
    found
}

#[test]
fn no_module_uses_a_later_one() {
    let mut wrong = Vec::new();
    let mut stands: BTreeSet<(&str, String, String)> = BTreeSet::new();
    for (folder, _) in CRATES {
        for ((module, after), files) in later(folder) {
            if NOT_YET.contains(&(*folder, &module, &after)) {
                stands.insert((folder, module, after));
            } else {
                wrong.push(format!("{folder}: '{module}' uses '{after}', which comes later: {files:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (folder, module, after) in NOT_YET {
        let still = stands.contains(&(*folder, (*module).to_owned(), (*after).to_owned()));
        assert!(still, "{folder}: '{module}' no longer uses '{after}'; take it from the list");
    }
}

#[test]
fn uses_are_found_however_they_are_written() {
    let code = "use crate::one::Thing;\nuse crate::{two, three::{four, five}};\nfn f() { super::super::six::g() }\n";
    let expected = ["one", "two", "three", "six"].map(str::to_owned);
    assert_eq!(named(code, 2), expected.into());
    assert!(!named("use super::super::super::seven;", 2).contains("seven"));
}
