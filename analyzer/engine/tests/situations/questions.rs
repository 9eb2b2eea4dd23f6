//! Questions of a situation: what `kubereach can` has to answer about its input.

use std::collections::BTreeMap;
use std::path::Path;

use kubereach_engine::evaluate::Cluster;
use kubereach_engine::policy::{Protocol, Request};
use kubereach_engine::question::{Answers, Finder, Row, portable, split_port};
use kubereach_intake::progress::Silent;
use kubereach_intake::read;
use serde::Deserialize;

use kubereach_testkit::situations::{inputs, options};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// As on the command line.
    from: String,
    /// As on the command line, with its port.
    to: String,
    /// Of names without one.
    #[serde(default = "shop")]
    namespace: String,
    protocol: Option<String>,
    /// What the connection carries.
    #[serde(default)]
    request: Carried,
    /// `allowed`, `denied`, `unknown` or `partly`: of every row, or of each in turn.
    answer: Vec<String>,
    /// Keys of what is missing, of all rows together.
    #[serde(default)]
    missing: Vec<String>,
    /// Words that must stand in a reason.
    #[serde(default)]
    because: Vec<String>,
    /// Keys of assumptions that must be named.
    #[serde(default)]
    assuming: Vec<String>,
    /// The ports that are allowed, as they are printed.
    ports: Option<String>,
    /// CIDRs that are allowed, as they are printed.
    addresses: Option<Vec<String>>,
    /// Words that must stand in what is said of rules that nearly let it through.
    #[serde(default)]
    near: Vec<String>,
    /// The answer under these plugins.
    #[serde(default)]
    portable: BTreeMap<String, String>,
}

#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields, default)]
struct Carried {
    method: Option<String>,
    path: Option<String>,
    host: Option<String>,
    headers: BTreeMap<String, String>,
    principal: Option<String>,
    sni: Option<String>,
}

impl Carried {
    fn request(&self) -> Request {
        let Self { method, path, host, headers, principal, sni } = self.clone();
        Request { method, path, host, principal, sni, ..Request::default() }.with_headers(headers)
    }
}

fn shop() -> String {
    "shop".to_owned()
}

/// Asks them all.
pub(crate) fn ask(folder: &Path, args: &[String], questions: &[Question], errors: &mut Vec<String>) {
    if questions.is_empty() {
        return;
    }
    let read = read(&inputs(folder), &options(args), &Silent).unwrap();
    let [snapshot] = read.snapshots.as_slice() else { return errors.push("not one cluster".to_owned()) };
    let cluster = Cluster::new(snapshot);
    for question in questions {
        let answers = Answers::new(cluster.policies(), Finder::new(cluster.policies(), &cluster));
        let answers = answers.carrying(question.request.request());
        let name = format!("{} -> {}", question.from, question.to);
        let finder = Finder::new(cluster.policies(), &cluster);
        let protocol = question.protocol.as_deref().map(|word| Protocol::of(word).unwrap());
        let (to, port) = split_port(&question.to);
        let ends = (
            finder.source(&question.from, &question.namespace),
            finder.destination(to, port, protocol, &question.namespace),
        );
        let (Ok(from), Ok(to)) = ends else {
            errors.push(format!("{name}: {:?}", ends.0.err().or(ends.1.err())));
            continue;
        };
        let mut rows = answers.rows(from.clone(), to.clone(), protocol, false);
        if !question.portable.is_empty() {
            portable(&cluster, (&from, &to), protocol, &question.request.request(), &mut rows);
        }
        compare(&name, question, &rows, errors);
    }
}

fn compare(name: &str, question: &Question, rows: &[Row], errors: &mut Vec<String>) {
    let got: Vec<&str> = rows.iter().map(|row| row.answer).collect();
    let right = match question.answer.as_slice() {
        [one] => !got.is_empty() && got.iter().all(|answer| answer == one),
        several => got == several,
    };
    let because: Vec<&str> = rows.iter().flat_map(|row| &row.because).map(|because| because.text.as_str()).collect();
    if !right {
        errors.push(format!("{name}: {got:?}, expected {:?}; because {because:?}", question.answer));
    }
    let near: Vec<&str> = rows.iter().flat_map(|row| &row.near).map(|near| near.text.as_str()).collect();
    for words in question.near.iter().filter(|words| !near.iter().any(|text| text.contains(words.as_str()))) {
        errors.push(format!("{name}: no rule nearly '{words}': {near:?}"));
    }
    let elsewhere: Vec<_> = rows.iter().flat_map(|row| &row.portable).collect();
    for (plugin, answer) in &question.portable {
        let got = elsewhere.iter().find(|of| of.plugins.contains(&plugin.as_str())).map(|of| of.answer);
        if got != Some(answer) {
            errors.push(format!("{name}: under {plugin} it is {got:?}, expected {answer}"));
        }
    }
    let missing: Vec<&str> = rows.iter().flat_map(|row| &row.because).filter_map(|because| because.missing).collect();
    for key in question.missing.iter().filter(|key| !missing.contains(&key.as_str())) {
        errors.push(format!("{name}: {key} is not missing; missing: {missing:?}"));
    }
    for words in question.because.iter().filter(|words| !because.iter().any(|text| text.contains(words.as_str()))) {
        errors.push(format!("{name}: no reason says '{words}': {because:?}"));
    }
    let assuming: Vec<&str> = rows
        .iter()
        .flat_map(|row| &row.assumptions)
        .map(|a| if a.code.is_empty() { &*a.id } else { &*a.code })
        .collect();
    for key in question.assuming.iter().filter(|key| !assuming.contains(&key.as_str())) {
        errors.push(format!("{name}: {key} is not assumed; assumed: {assuming:?}"));
    }
    if let Some(ports) = &question.ports {
        let got: Vec<&str> = rows.iter().flat_map(|row| &row.ports).map(|ports| ports.allowed.as_str()).collect();
        if !got.iter().all(|allowed| allowed == ports) || got.is_empty() {
            errors.push(format!("{name}: allowed on {got:?}, expected {ports}"));
        }
    }
    if let Some(addresses) = &question.addresses {
        let got: Vec<&String> = rows.iter().flat_map(|row| &row.addresses).flat_map(|a| &a.allowed).collect();
        if got != addresses.iter().collect::<Vec<_>>() {
            errors.push(format!("{name}: allowed addresses are {got:?}, expected {addresses:?}"));
        }
    }
}
