//! Merging observations from outside: the same file twice, in another order, an empty one; what is refused.

use std::path::{Path, PathBuf};

use kubereach_engine::{AnalysisOptions, analyze};
use kubereach_intake::progress::Silent;
use kubereach_reports::report::Report;
use kubereach_testkit::measured;
use kubereach_testkit::situations::{fixtures, inputs, options};

use crate::program::program;

fn folder(name: &str) -> PathBuf {
    fixtures().join("measured").join(name)
}

fn plain(folder: &Path) -> Report {
    let intake = options(&["--assume-complete".to_owned()]);
    analyze(&inputs(folder), &AnalysisOptions { intake, ..AnalysisOptions::default() }, &Silent).unwrap()
}

/// The runs of a situation as files.
fn files(name: &str, into: &Path) -> Vec<PathBuf> {
    let folder = folder(name);
    let write = |(name, bytes): (String, Vec<u8>)| {
        let path = into.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    measured::files(&folder, &|| measured::ids(&plain(&folder))).into_iter().map(write).collect()
}

fn check(name: &str, observations: &[&Path]) -> (i32, String, String) {
    let mut command = program();
    command.args(["check", "--assume-complete", "--format", "json"]).arg(folder(name).join("input"));
    for file in observations {
        command.arg("--observations").arg(file);
    }
    let out = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}

/// The whole report, to the byte (`docs/semantics/measurement.md#the-reducer-is-a-pure-function`).
#[test]
fn twice_in_any_order_and_with_an_empty_one_is_the_same_report() {
    let dir = tempfile::tempdir().unwrap();
    let files = files("relay-gets-through-alone", dir.path());
    let [first, second] = [files[0].as_path(), files[1].as_path()];
    let empty = dir.path().join("empty.json");
    let mut document: serde_json::Value = serde_json::from_slice(&std::fs::read(first).unwrap()).unwrap();
    document["results"] = serde_json::json!([]);
    std::fs::write(&empty, document.to_string()).unwrap();
    let (code, once, _) = check("relay-gets-through-alone", &[first, second]);
    assert_eq!(code, 1, "broken by traffic trips the gate");
    assert_eq!(check("relay-gets-through-alone", &[second, first]).1, once);
    assert_eq!(check("relay-gets-through-alone", &[first, second, first, second]).1, once);
    let (_, with_empty, said) = check("relay-gets-through-alone", &[&empty, first, second]);
    assert_eq!(with_empty, once);
    assert!(said.contains("hold no results"), "{said}");
    let nothing = check("relay-gets-through-alone", &[]).1;
    assert_eq!(check("relay-gets-through-alone", &[&empty]).1, nothing);
    assert!(!nothing.contains("observations") && !nothing.contains("effective"), "no trace without measurements");
}

#[test]
fn what_is_not_observations_is_refused_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.json");
    for (content, says) in [
        ("{\"schema\": \"kubereach/observations/v9\"}", "kubereach/observations/v9"),
        ("", "the file is empty"),
        ("{", "does not read"),
        ("log\n----- BEGIN KUBEREACH OBSERVATIONS sha256:0 -----", "kubereach collect"),
    ] {
        std::fs::write(&file, content).unwrap();
        let (code, out, said) = check("verified", &[&file]);
        assert_eq!((code, out.as_str()), (3, ""), "{said}");
        assert!(said.contains(says) && said.trim_end().lines().count() == 1, "{said}");
    }
    let (code, _, said) = check("verified", &[&dir.path().join("missing.json")]);
    assert_eq!(code, 2, "a file that is named and is not there is a slip of the command line");
    assert!(said.contains("missing.json"), "{said}");
}

/// What a file says is text: a hostile one changes neither the terminal nor the page.
#[test]
fn hostile_words_are_escaped_and_no_command_is_taken_from_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = &files("silent-application", dir.path())[0];
    let mut document: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    document["results"][0]["reason"] = "<script>alert(1)</script>\u{1b}[31m".into();
    document["results"][0]["command"] = "curl evil.example".into();
    document["vantage"]["labels"]["app"] = "</td><img src=x>".into();
    std::fs::write(file, document.to_string()).unwrap();
    for format in ["text", "markdown", "html"] {
        let out = program()
            .args(["check", "--assume-complete", "--format", format, "--observations"])
            .arg(file)
            .arg(folder("silent-application").join("input"))
            .output()
            .unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        assert!(!text.contains("curl evil"), "{format}");
        assert!(!text.contains('\u{1b}'), "{format}");
        // In Markdown a backslash or a fence takes the sign its meaning; reports/tests look at that in full.
        assert!(format != "html" || (!text.contains("<script>alert") && !text.contains("<img src=x")), "{format}");
    }
}
