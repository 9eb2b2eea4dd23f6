//! What the cluster says stands in a report as a quotation, wherever it stands.

use std::path::Path;

use kubereach_engine::analyze;
use kubereach_intake::progress::Silent;
use kubereach_testkit::situations::{args, folders, inputs, name};
use rayon::prelude::*;
use serde_json::Value;

use crate::common::situation::measured_options;

/// Sentences that somebody wrote into the objects of a situation: conditions, events, last words.
fn sentences(folder: &Path) -> Vec<String> {
    let files = walkdir::WalkDir::new(folder.join("input")).into_iter().filter_map(Result::ok);
    let texts = files.filter(|file| file.file_type().is_file()).filter_map(|f| std::fs::read_to_string(f.path()).ok());
    let mut all: Vec<String> = texts.flat_map(|text| text.lines().filter_map(message).collect::<Vec<_>>()).collect();
    all.sort();
    all.dedup();
    all
}

/// The value of `message` in a line of YAML or JSON, as far as it is one plain sentence of several words.
fn message(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("message: ").or_else(|| line.split_once("\"message\": "))?;
    let rest = rest.trim_start();
    let value = match rest.chars().next()? {
        quote @ ('"' | '\'') => rest.get(1..)?.split(quote).next()?,
        _ => rest.split([',', '}', '#']).next()?,
    };
    let words = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = !words.contains(['\\', '“', '”', '|', '>']) && words.contains(' ') && words.len() >= 12;
    plain.then(|| words.chars().take(60).collect())
}

/// Every text of a report but the lines of the input that it shows as such, and the list of what is quoted.
fn texts<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => out.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Object(fields) => {
            let shown = fields.iter().filter(|(key, _)| !matches!(key.as_str(), "frame" | "quoted"));
            shown.for_each(|(_, value)| texts(value, out));
        }
        _ => {}
    }
}

/// A text without its quotations.
fn ours(text: &str) -> String {
    let mut parts = text.split('“');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once('”').map_or("", |(_, after)| after))
}

#[test]
fn what_the_cluster_says_is_quoted_everywhere() {
    let found: Vec<(String, usize, Vec<String>)> = folders()
        .par_iter()
        .map(|folder| {
            let said = sentences(folder);
            if said.is_empty() {
                return (name(folder), 0, Vec::new());
            }
            let Ok(report) = analyze(&inputs(folder), &measured_options(folder, &args(folder)), &Silent) else {
                return (name(folder), 0, Vec::new());
            };
            let report = serde_json::to_value(&report).unwrap();
            let mut all = Vec::new();
            texts(&report, &mut all);
            let holding =
                |words: &String| all.iter().filter(|text| text.contains(words.as_str())).copied().collect::<Vec<_>>();
            let quoted = said.iter().filter(|words| holding(words).iter().any(|text| text.contains('“'))).count();
            let bare = said
                .iter()
                .flat_map(|words| holding(words).into_iter().filter(|text| ours(text).contains(words.as_str())))
                .map(str::to_owned)
                .collect();
            (name(folder), quoted, bare)
        })
        .collect();
    let bare: Vec<_> =
        found.iter().filter(|(_, _, bare)| !bare.is_empty()).map(|(name, _, bare)| (name, bare)).collect();
    assert!(bare.is_empty(), "words of the cluster that read like ours: {bare:#?}");
    let quoted: usize = found.iter().map(|(_, quoted, _)| quoted).sum();
    assert!(quoted > 15, "only {quoted} quotations were found: does the test still find what is said?");
}

#[test]
fn a_report_lists_what_it_quotes() {
    let crash = kubereach_testkit::situations::fixtures().join("pod/crash-loop");
    let report = analyze(&inputs(&crash), &measured_options(&crash, &args(&crash)), &Silent).unwrap();
    for finding in &report.findings {
        let sentences = format!("{}{}{}{}", finding.message, finding.cause, finding.action, finding.basis);
        assert_eq!(finding.quoted.is_empty(), !sentences.contains('“'), "{finding:?}");
    }
}
