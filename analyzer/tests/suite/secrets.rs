//! What lets somebody in shows in nothing that the program writes.

use std::path::Path;

use kubereach_reports::render::Format;
use kubereach_testkit::planted::{Planted, found, planted};
use serde_json::json;

use crate::program::program;

/// Both streams of a run, and the files it wrote.
fn written(folder: &Path, arguments: &[&str]) -> String {
    let run = program().current_dir(folder).args(arguments).output().unwrap();
    assert!(run.status.code().is_some_and(|code| code != 2), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr))
}

fn note(planted: &Planted, text: &str, what: &str, shown: &mut Vec<String>) {
    shown.extend(found(planted, text).iter().map(|(place, secret)| format!("{what} shows {secret} ({place})")));
}

#[test]
fn no_planted_secret_survives_in_any_output_of_any_command() {
    let planted = planted();
    let shapes: std::collections::BTreeSet<&str> = planted.secrets.iter().map(|(place, _)| place.as_str()).collect();
    assert!(planted.secrets.len() >= 200 && shapes.len() >= 30, "{} of {}", planted.secrets.len(), shapes.len());
    let folder = tempfile::tempdir().unwrap();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": planted.objects});
    std::fs::write(folder.path().join("dump.json"), serde_json::to_vec_pretty(&list).unwrap()).unwrap();
    std::fs::write(folder.path().join("dump2.json"), serde_json::to_vec(&list).unwrap()).unwrap();
    std::fs::write(folder.path().join("dump.yaml"), serde_yaml::to_string(&list).unwrap()).unwrap();
    let mut commands: Vec<Vec<&str>> = Vec::new();
    for input in ["dump.json", "dump.yaml"] {
        for format in Format::ALL {
            commands.push(vec!["check", input, "--format", format.word()]);
        }
        commands.push(vec!["check", input, "--assume-complete", "--show-coverage"]);
        commands
            .push(vec!["check", input, "-o", "r.html", "-o", "r.md", "-o", "r.sarif", "-o", "r.json", "-o", "r.jsonl"]);
        for subject in ["ingress/web", "httproute/r", "service/web", "gateway/edge"] {
            commands.push(vec!["trace", subject, "-n", "shop", input]);
            commands.push(vec!["trace", subject, "-n", "shop", input, "--format", "json"]);
        }
        commands.push(vec!["plan", input]);
        commands.push(vec!["plan", input, "--format", "text"]);
        commands.push(vec!["can", "external", "service/web", "-n", "shop", "--explain", input]);
        commands.push(vec!["diff", input, "dump2.json", "--format", "json"]);
        commands.push(vec!["check", input, "--on-top-of", "dump.yaml", "--format", "json"]);
    }
    let mut shown = Vec::new();
    for command in &commands {
        note(&planted, &written(folder.path(), command), &command.join(" "), &mut shown);
    }
    for entry in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        if !entry.file_name().to_string_lossy().starts_with("dump") {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            note(&planted, &text, &entry.path().display().to_string(), &mut shown);
        }
    }
    assert!(shown.is_empty(), "{}", shown.join("\n"));
    // They are in the input, and the report speaks of what stands beside them.
    let text = std::fs::read_to_string(folder.path().join("dump.json")).unwrap();
    let there = planted.secrets.iter().filter(|(_, secret)| text.contains(secret.as_str())).count();
    assert!(there >= planted.secrets.len() - 5, "{there}");
    let report = written(folder.path(), &["check", "dump.json", "--assume-complete", "--format", "json"]);
    assert!(report.contains("***HIDDEN***") && report.contains("broken"), "{report}");
}
