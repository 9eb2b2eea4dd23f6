//! A file is about one thing: what gets longer than this is about several.

use crate::files;

/// Lines of code: what is neither empty nor a comment.
const MOST: usize = 500;

/// Files that are longer because what is in them belongs together; each says why.
const LONGER: &[(&str, &str)] = &[
    ("analyzer/engine/tests/suite/truth_gateway.rs", "tables of what conditions mean"),
    ("analyzer/engine/tests/suite/policy_laws.rs", "an oracle beside the clusters that it is asked about"),
];

fn lines(text: &str) -> usize {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

#[test]
fn no_source_file_is_long() {
    let sources = || files::all().iter().filter(|file| file.path.ends_with(".rs"));
    let named = |path: &str| LONGER.iter().any(|(longer, _)| *longer == path);
    let long: Vec<String> = sources()
        .map(|file| (&file.path, lines(&file.text)))
        .filter(|(path, lines)| *lines > MOST && !named(path))
        .map(|(path, lines)| format!("{path}: {lines}"))
        .collect();
    assert!(long.is_empty(), "more than {MOST} lines of code: {long:#?}");
    for (path, _) in LONGER {
        let file = sources().find(|file| file.path == *path);
        assert!(file.is_some_and(|file| lines(&file.text) > MOST), "{path} is short now; take it from the list");
    }
}
