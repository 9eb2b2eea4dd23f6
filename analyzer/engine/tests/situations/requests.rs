//! Requests of a situation: what `kubereach request` has to answer about its input.

use std::collections::BTreeMap;
use std::path::Path;

use kubereach_engine::evaluate::Cluster;
use kubereach_engine::request::{Answer, Query, RedirectRow, Requests};
use kubereach_intake::progress::Silent;
use kubereach_intake::read;
use serde::Deserialize;

use kubereach_testkit::situations::{inputs, options};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// As on the command line.
    url: String,
    method: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    to: Option<String>,
    /// `backend`, `redirect`, `response`, `refused` or `unknown`.
    answer: String,
    /// The statuses that the door may answer.
    status: Option<Vec<u16>>,
    /// `NAME` or `NAME=WEIGHT`: exactly those.
    backends: Option<Vec<String>>,
    /// As the `Location` header has it.
    location: Option<String>,
    /// The object whose rule takes it.
    route: Option<String>,
    /// Words that must stand in a reason.
    #[serde(default)]
    because: Vec<String>,
    /// Words that must stand in what is changed.
    #[serde(default)]
    changes: Vec<String>,
}

/// Asks them all.
pub(crate) fn ask(folder: &Path, args: &[String], all: &[Asked], errors: &mut Vec<String>) {
    if all.is_empty() {
        return;
    }
    let read = read(&inputs(folder), &options(args), &Silent).unwrap();
    let [snapshot] = read.snapshots.as_slice() else { return errors.push("not one cluster".to_owned()) };
    let cluster = Cluster::new(snapshot);
    let requests = Requests::new(&cluster);
    for asked in all {
        let headers = asked.headers.iter().map(|(name, value)| (name.clone(), value.clone().into()));
        let answer = requests.query(&Query {
            url: Some(asked.url.clone()),
            method: asked.method.clone(),
            headers: Some(headers.collect()),
            to: asked.to.clone(),
            ..Query::default()
        });
        compare(asked, &answer, errors);
    }
}

fn compare(asked: &Asked, answer: &Answer, errors: &mut Vec<String>) {
    let because: Vec<&str> = answer.because.iter().map(|because| because.text.as_str()).collect();
    let mut differ = |what: &str, got: String, expected: &str| {
        if got != expected {
            errors.push(format!("{}: {what} is {got}, expected {expected}; because {because:?}", asked.url));
        }
    };
    differ("the answer", answer.answer.word().to_owned(), &asked.answer);
    if let Some(status) = &asked.status {
        differ("the status", format!("{:?}", answer.status), &format!("{status:?}"));
    }
    if let Some(backends) = &asked.backends {
        let weighed = backends.iter().any(|name| name.contains('='));
        let own = answer.backends.iter().filter(|row| row.weight > 0);
        let own: Vec<String> =
            own.map(|row| if weighed { format!("{}={}", row.name, row.weight) } else { row.name.clone() }).collect();
        differ("the list of backends", format!("{own:?}"), &format!("{backends:?}"));
    }
    if let Some(location) = &asked.location {
        let own = answer.redirect.as_ref().map_or_else(|| "nothing".to_owned(), RedirectRow::location);
        differ("the location", own, location);
    }
    if let Some(route) = &asked.route {
        differ("the route", answer.route.clone().unwrap_or_default(), route);
    }
    for words in asked.because.iter().filter(|words| !because.iter().any(|text| text.contains(words.as_str()))) {
        errors.push(format!("{}: no reason says '{words}': {because:?}", asked.url));
    }
    for words in asked.changes.iter().filter(|words| !answer.changes.iter().any(|text| text.contains(words.as_str()))) {
        errors.push(format!("{}: no change says '{words}': {:?}", asked.url, answer.changes));
    }
}
