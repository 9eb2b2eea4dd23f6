//! What reports say, of every situation: commands run as they are printed, and sentences keep to the style of
//! CONTRIBUTING.md and the words of docs/glossary.md, as far as a program can tell.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use kubereach_engine::checks;
use kubereach_reports::report::{NextStep, Report};
use kubereach_testkit::situations::{args, folders, name};

use crate::common::situation::{measured_options, report_with};

/// Every report of every situation.
fn reports() -> impl Iterator<Item = (String, Report)> {
    folders().into_iter().filter_map(|folder| {
        let args = args(&folder);
        let report = report_with(&folder, &args, &measured_options(&folder, &args)).ok()?;
        Some((name(&folder), report))
    })
}

fn steps(report: &Report) -> impl Iterator<Item = &NextStep> {
    let of_subjects = report.subjects.iter().flat_map(|subject| subject.next.iter().chain(&subject.next_test));
    of_subjects.chain(report.causes.iter().filter_map(|cause| cause.next.as_ref()))
}

fn commands(report: &Report) -> impl Iterator<Item = &str> {
    let of_findings = report.findings.iter().map(|finding| finding.command.as_str());
    let of_assumptions = report.assumptions.iter().map(|assumption| assumption.command.as_str());
    let of_steps = steps(report).filter_map(|step| step.command.as_deref());
    of_findings.chain(of_assumptions).chain(of_steps).filter(|command| !command.is_empty())
}

/// The commands of a line for a POSIX shell, each as its words (XCU 2.2 "Quoting", 2.7 "Redirection"); an error where the
/// shell would do something else with it than run it as it stands.
fn parsed(line: &str) -> Result<Vec<Vec<String>>, String> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut chars = line.chars().peekable();
    let end = |word: &mut Option<String>, commands: &mut Vec<Vec<String>>| {
        if let (Some(word), Some(last)) = (word.take(), commands.last_mut()) {
            last.push(word);
        }
    };
    while let Some(c) = chars.next() {
        match c {
            ' ' => end(&mut word, &mut commands),
            '\'' => loop {
                word.get_or_insert_default();
                match chars.next() {
                    Some('\'') => break,
                    Some(c) if c.is_control() => return Err("a control character".to_owned()),
                    Some(c) => word.get_or_insert_default().push(c),
                    None => return Err("a quote is not closed".to_owned()),
                }
            },
            '|' | ';' => {
                end(&mut word, &mut commands);
                commands.push(Vec::new());
            }
            '>' if word.is_none() && chars.peek() == Some(&' ') => {
                let file: String = chars.by_ref().skip(1).take_while(|c| *c != ' ').collect();
                if file.is_empty() || !file.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c)) {
                    return Err(format!("writes to {file:?}"));
                }
            }
            c if c.is_alphanumeric() || "-_./:=,@+%".contains(c) => word.get_or_insert_default().push(c),
            c => return Err(format!("{c:?} stands outside of quotes")),
        }
    }
    end(&mut word, &mut commands);
    if commands.iter().flatten().any(String::is_empty) {
        return Err("an argument is empty".to_owned());
    }
    if commands.iter().any(Vec::is_empty) { Err("a command is empty".to_owned()) } else { Ok(commands) }
}

#[test]
fn a_shell_would_not_run_what_is_not_quoted() {
    for bad in [
        "kubectl get?virtualservice web",
        "kubectl get pods -n $(id)",
        "kubectl get pods; rm *",
        "kubectl get 'pods",
        "kubectl get pods |",
        "kubectl get pods > $HOME",
        "kubectl get pods -n ''",
        "kubectl get pods\nrm -rf x",
    ] {
        assert!(parsed(bad).is_err(), "{bad}");
    }
    assert_eq!(
        parsed("kubectl get pods -l 'a b=c' -o yaml > a.yaml | grep x"),
        Ok(vec![
            ["kubectl", "get", "pods", "-l", "a b=c", "-o", "yaml"].map(str::to_owned).to_vec(),
            ["grep", "x"].map(str::to_owned).to_vec(),
        ])
    );
}

/// A command without what is different from one object to the next: verbs and options.
fn shape(words: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for (n, word) in words.iter().enumerate().skip(1) {
        let verb = n == 1 || (n == 2 && words.get(1).is_some_and(|first| first == "auth"));
        let option_value = words.get(n - 1).is_some_and(|before| before.starts_with('-') && !before.contains('='));
        if verb || word.starts_with('-') || (option_value && words.get(n - 1).is_some_and(|o| o == "-o")) {
            out.push(word.clone());
        } else if option_value {
            out.push("x".to_owned());
        }
    }
    out
}

#[test]
fn commands_run_as_they_are_printed() {
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    let mut shapes: BTreeMap<Vec<String>, String> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (situation, report) in reports() {
        for command in commands(&report).filter(|command| seen.insert((*command).to_owned())) {
            match parsed(command) {
                Ok(parts) => {
                    for words in parts.iter().filter(|words| words.first().is_some_and(|word| word == "kubectl")) {
                        shapes.entry(shape(words)).or_insert_with(|| command.to_owned());
                    }
                    let programs = ["kubectl", "kubereach", "helm", "openssl", "base64", "oc", "istioctl", "cilium"];
                    let program = parts.iter().filter_map(|words| words.first());
                    for program in program.filter(|program| !programs.contains(&program.as_str())) {
                        wrong.insert(command.to_owned(), format!("{situation}: starts {program:?}"));
                    }
                }
                Err(why) => drop(wrong.insert(command.to_owned(), format!("{situation}: {why}"))),
            }
        }
    }
    assert!(seen.len() > 300, "only {} commands were seen", seen.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    if Command::new("kubectl").arg("version").arg("--client").output().is_err() {
        eprintln!("SKIPPED: kubectl is not there: its own parser was not asked about {} commands", shapes.len());
        return;
    }
    let refused: Vec<String> = shapes
        .into_iter()
        .filter_map(|(words, command)| {
            // Asked for help it reads all options first, and sends nothing.
            let run =
                Command::new("kubectl").args(&words).arg("--help").env("KUBECONFIG", "/dev/null").output().unwrap();
            let said = String::from_utf8_lossy(&run.stderr).into_owned();
            (!run.status.success()).then(|| format!("{command}\n    {}", said.lines().next().unwrap_or_default()))
        })
        .collect();
    assert!(refused.is_empty(), "kubectl does not take:\n{}", refused.join("\n"));
}

/// What is said, with where it stands.
fn sentences(report: &Report) -> Vec<(String, &str)> {
    let mut out = Vec::new();
    for finding in &report.findings {
        for (what, text) in [("message", &finding.message), ("cause", &finding.cause), ("action", &finding.action)] {
            out.push((format!("{what} of {}", finding.code), text.as_str()));
        }
    }
    for subject in &report.subjects {
        out.push((format!("headline of {} {}", subject.kind, subject.name), subject.headline.as_str()));
        out.push((format!("reason of {} {}", subject.kind, subject.name), subject.reason.as_str()));
        let segments = subject.paths.iter().flat_map(|path| &path.segments);
        out.extend(segments.map(|one| (format!("evidence of {}", one.segment), one.evidence.as_str())));
    }
    for assumption in &report.assumptions {
        out.push((format!("assumption {}", assumption.id), assumption.text.as_str()));
        out.push((format!("assumption {}", assumption.id), assumption.could.as_str()));
    }
    for cause in &report.causes {
        out.push((format!("cause {}", cause.id), cause.headline.as_str()));
        out.push((format!("cause {}", cause.id), cause.evidence.as_str()));
    }
    out.extend(steps(report).map(|step| ("next step".to_owned(), step.action.as_str())));
    out
}

/// Nouns that are counted, as they stand behind numbers other than one.
const COUNTED: &[&str] = &[
    "addresses",
    "classes",
    "controllers",
    "doors",
    "endpoints",
    "entries",
    "findings",
    "Gateways",
    "hosts",
    "Ingresses",
    "listeners",
    "namespaces",
    "nodes",
    "objects",
    "paths",
    "pods",
    "policies",
    "ports",
    "questions",
    "replicas",
    "routes",
    "rules",
    "Secrets",
    "Services",
    "subjects",
    "targets",
];

/// What is wrong with a text, if something is.
fn fault(text: &str) -> Option<&'static str> {
    let words: Vec<&str> = text.split([' ', '\n']).collect();
    let counts = words.windows(2).enumerate().any(|(n, pair)| {
        // `0 of 1 addresses`, `1,001 pods` and `port 1 pods` are no such thing.
        let of = n.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|word| *word == "of");
        pair[0] == "1" && !of && COUNTED.contains(&pair[1].trim_end_matches([',', '.', ':', ';', ')']))
    });
    let doubts = text
        .split(". ")
        .any(|sentence| sentence.matches("cannot be told").count() + sentence.matches("cannot be decided").count() > 1);
    let ways = words.iter().any(|word| word.trim_matches([',', '.', ':', ';', '(', ')']) == "ways");
    [
        (text.contains("(by )") || text.contains("( "), "nothing stands in brackets"),
        (counts, "one of several"),
        (text.contains("  "), "two spaces"),
        (text.contains(" , ") || text.ends_with(" ."), "a space before a stop"),
        (doubts, "a doubt within a doubt"),
        (ways, "a path is called a way"),
        (text.starts_with("Whether traffic gets through"), "it begins with what is not known"),
    ]
    .into_iter()
    .find_map(|(found, fault)| found.then_some(fault))
}

#[test]
fn faults_are_found() {
    for (text, wrong) in [
        ("its one pod is undecided (by )", true),
        ("1 questions were asked", true),
        ("0 of 1 addresses ready", false),
        ("whether it cannot be told cannot be told", true),
        ("It cannot be told. That cannot be told.", false),
        ("1 of 2 ways through it are blocked", true),
        ("in the way of traffic", false),
        ("two  spaces", true),
    ] {
        assert_eq!(fault(text).is_some(), wrong, "{text}");
    }
}

#[test]
fn sentences_keep_to_the_style() {
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    for (situation, report) in reports() {
        for (place, text) in sentences(&report) {
            if let Some(fault) = fault(text) {
                wrong.entry(place).or_insert_with(|| format!("{situation}: {fault}: {text}"));
            }
        }
        for finding in report.findings.iter().filter(|finding| !finding.cause.is_empty()) {
            let same = |text: &str| text.trim_end_matches('.').to_lowercase();
            if same(&finding.message) == same(&finding.cause) {
                let told = format!("{situation}: said twice: {}", finding.message);
                wrong.entry(finding.code.clone()).or_insert(told);
            }
        }
    }
    for (code, entry) in checks::catalogue() {
        for text in [entry.text.title, entry.text.explanation] {
            if let Some(fault) = fault(text) {
                wrong.insert(format!("page of {code}"), format!("{fault}: {text}"));
            }
        }
    }
    let listed: String = wrong.iter().map(|(place, told)| format!("{place}\n    {told}\n")).collect();
    assert!(wrong.is_empty(), "{} kinds of sentences:\n{listed}", wrong.len());
}
