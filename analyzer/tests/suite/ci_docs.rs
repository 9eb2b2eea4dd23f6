//! `docs/ci.md` does what it says: its blocks are run. And what is shipped for CI systems fits the program.

use kubereach_testkit::repository;

use crate::page::{blocks, shell, value};
use crate::program::{PROGRAM, program};

#[test]
fn every_command_of_the_page_ends_as_it_says() {
    let page = std::fs::read_to_string(repository().join("docs/ci.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    std::fs::create_dir(folder.path().join("deploy")).unwrap();
    let all = blocks(&page);
    // The configuration applies from where the page shows it; every other file is there from the start.
    for block in all.iter().filter(|b| value(b, "file").is_some_and(|file| file != "kubereach.toml")) {
        let path = folder.path().join(value(block, "file").unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &block.text).unwrap();
    }
    let mut commands = 0;
    for block in &all {
        if value(block, "file") == Some("kubereach.toml") {
            std::fs::write(folder.path().join("kubereach.toml"), &block.text).unwrap();
        }
        let Some(code) = value(block, "exit") else { continue };
        for line in block.text.lines().filter(|line| !line.is_empty()) {
            commands += 1;
            let run = shell(&format!("set -o pipefail; {line}"), folder.path()).output().unwrap();
            let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
            assert_eq!(run.status.code().map(|c| c.to_string()).as_deref(), Some(code), "{line}\n{said}");
            match line {
                _ if line.contains("wrong-check.toml") => {
                    assert!(said.contains("wrong-check.toml:1:9") && said.contains("`pod/flapping`?"), "{said}");
                }
                _ if line.contains("check deploy/ --assume-complete --config checks.toml") => {
                    assert!(said.contains("BROKEN") || said.contains("broken"), "it is still shown: {said}");
                    assert!(said.contains("never trips the gate") && said.contains("checks.toml:2"), "{said}");
                }
                _ if line.contains("trace service/web") => {
                    assert!(said.contains("accepted: the selector is corrected"), "{said}");
                }
                _ if line.contains("wrong.toml") => assert!(said.contains("wrong.toml:1:1"), "{said}"),
                _ if line.contains("--show-suppressed") => assert!(said.contains("next release"), "{said}"),
                _ if line.contains("--stdin-name") => assert!(said.contains("chart/templates/web.yaml"), "{said}"),
                _ => {}
            }
        }
    }
    assert!(commands >= 8, "{commands}");
    for file in
        ["kubereach.sarif", "junit.xml", "report.html", "gl-code-quality-report.json", "kubereach-baseline.json"]
    {
        assert!(folder.path().join(file).is_file(), "{file} was not written");
    }
}

#[test]
fn the_action_runs_its_script_and_keeps_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let page = std::fs::read_to_string(repository().join("docs/ci.md")).unwrap();
    let web = blocks(&page).into_iter().find(|b| value(b, "file") == Some("deploy/web.yaml")).unwrap().text;
    std::fs::write(folder.path().join("web $(touch pwned).yaml"), web).unwrap();
    let script = repository().join("ci/github/check.sh").canonicalize().unwrap();
    let run = shell(&script.to_string_lossy(), folder.path())
        .env("KUBEREACH_BINARY", PROGRAM)
        .env("KUBEREACH_INPUTS", "web $(touch pwned).yaml\n")
        .env("KUBEREACH_ARGS", "--assume-complete\n")
        .env("KUBEREACH_SARIF", "out.sarif")
        .env("GITHUB_OUTPUT", folder.path().join("output"))
        .env("GITHUB_STEP_SUMMARY", folder.path().join("summary.md"))
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&run.stdout);
    assert_eq!(run.status.code(), Some(1), "{out}{}", String::from_utf8_lossy(&run.stderr));
    assert!(out.contains("::error file=web $(touch pwned).yaml,line=8,col=5"), "{out}");
    assert!(!folder.path().join("pwned").exists(), "nothing of an input is read as shell");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("output").contains("exit-code=1") && read("output").contains("sarif=out.sarif"));
    assert!(read("summary.md").starts_with("## Traffic report"));
    assert!(read("out.sarif").contains("\"startLine\": 8"));
}

/// The files for CI systems name options, files and outputs that exist.
#[test]
fn what_is_shipped_for_ci_systems_fits_the_program() {
    let read = |name: &str| std::fs::read_to_string(repository().join(name)).unwrap();
    let parse = |name: &str| -> serde_json::Value { serde_yaml::from_str(&read(name)).unwrap() };
    let help = program().args(["check", "--help"]).output().unwrap();
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    for text in [read("ci/github/check.sh"), read("ci/gitlab/kubereach.gitlab-ci.yml")] {
        for option in text.split(['"', ' ', '=', '(', ')', '\n']) {
            if !option.starts_with("--") || option.len() < 4 {
                continue;
            }
            assert!(help.contains(option), "{option} is no option of check");
        }
    }
    let action = parse("action.yml");
    assert_eq!(action["runs"]["using"], "composite");
    let script = read("ci/github/check.sh");
    let env = action["runs"]["steps"][1]["env"].as_object().unwrap();
    for (name, value) in env {
        assert!(script.contains(name.as_str()), "{name} is not used by the script");
        let input = value.as_str().unwrap().trim_start_matches("${{ inputs.").trim_end_matches(" }}");
        assert!(action["inputs"][input].is_object(), "{input} is no input");
    }
    let hooks = parse(".pre-commit-hooks.yaml");
    let hooks = hooks.as_array().unwrap();
    assert_eq!(hooks.len(), 3);
    for hook in hooks {
        if hook["language"] == "script" {
            assert!(repository().join(hook["entry"].as_str().unwrap()).is_file());
        }
    }
    let gitlab = parse("ci/gitlab/kubereach.gitlab-ci.yml");
    let reports = &gitlab["kubereach"]["artifacts"]["reports"];
    let command = gitlab["kubereach"]["script"][0].as_str().unwrap().to_owned();
    for file in [&reports["codequality"], &reports["junit"]] {
        assert!(command.contains(file.as_str().unwrap()), "{file} is not written");
    }
    assert!(read("analyzer/Containerfile").contains("-p kubereach "));
}
