//! The answers to plain requests as a table, for the page that answers without the program.

use std::collections::{BTreeMap, HashMap};

use kubereach_reports::report::{Routing, RoutingAnswer, RoutingHost, RoutingPath, RoutingRow, RoutingTo, ToPath};
use kubereach_reports::secrets::mask;
use rayon::prelude::*;

use super::Requests;
use super::data::{Answer, Query, Word};
use super::survey::{Name, PROBE, Sight, Survey, asked};
use super::table::TableRow;
use crate::resolve::route::redirect::usual_port;

/// Hosts of the table.
const MOST_HOSTS: usize = 3000;
/// Rows of the list of declared paths.
const MOST_ROWS: usize = 3000;
/// Reasons and doors that are told of an answer.
const MOST_NOTES: usize = 8;

/// Host by host: the answers of its paths, for plain requests and over TLS.
type Asked = (Name, Sight, [Vec<(String, [RoutingAnswer; 3])>; 2]);

impl Requests<'_, '_> {
    /// Of every host that doors name, up to a number.
    pub fn routing(&self) -> Routing {
        let survey = Survey::of(self);
        let names = survey.names();
        let hosts_left_out = names.len().saturating_sub(MOST_HOSTS);
        let all: Vec<Asked> = names
            .into_par_iter()
            .take(MOST_HOSTS)
            .map(|name| {
                let sight = survey.sight(&name);
                let is_open = !sight.pattern && !sight.many;
                let of = |scheme| if is_open { self.of_host(&name, &sight, scheme) } else { Vec::new() };
                let both = [of("http"), of("https")];
                (name, sight, both)
            })
            .collect();
        let mut answers: Vec<RoutingAnswer> = Vec::new();
        let mut places: HashMap<RoutingAnswer, usize> = HashMap::new();
        let mut place = |answer: RoutingAnswer| {
            *places.entry(answer).or_insert_with_key(|answer| {
                let mut shown = answer.clone();
                // Reasons are the words of findings, which are masked where they are printed.
                for note in &mut shown.notes {
                    *note = mask(note).unwrap_or_else(|| std::mem::take(note));
                }
                answers.push(shown);
                answers.len() - 1
            })
        };
        let mut hosts = BTreeMap::new();
        for (name, sight, [http, https]) in all {
            let mut numbered = |rows: Vec<(String, [RoutingAnswer; 3])>| {
                let rows = folded(rows).into_iter();
                rows.map(|(path, three)| RoutingPath { path, answers: three.map(&mut place) }).collect()
            };
            let ask = if sight.pattern {
                Some("pattern")
            } else if sight.many {
                Some("many")
            } else {
                None
            };
            let (http, https) = (numbered(http), numbered(https));
            hosts.insert(name.key(), RoutingHost { ask: ask.map(str::to_owned), more: sight.more, http, https });
        }
        let rows = self.table();
        let rows_left_out = rows.len().saturating_sub(MOST_ROWS);
        let rows = rows.into_iter().take(MOST_ROWS).map(row).collect();
        Routing { rows, rows_left_out, hosts, hosts_left_out, answers }
    }

    fn of_host(&self, name: &Name, sight: &Sight, scheme: &str) -> Vec<(String, [RoutingAnswer; 3])> {
        let host = name.asked();
        let one = |start: &str, path: &str| {
            let url = format!("{scheme}://{host}{path}");
            let query = Query { url: Some(url), ..Query::default() };
            let answer = self.query(&query);
            told(&answer, name, start, path)
        };
        sight.paths.iter().map(|path| (path.clone(), asked(path).map(|asked| one(path, &asked)))).collect()
    }
}

/// Without the requests that stood for others.
fn neutral(text: &str, name: &Name) -> String {
    let text = text.replace(&name.asked(), &name.key());
    text.replace(&format!("/{PROBE}"), "/…").replace(PROBE, "…")
}

/// An answer for every request of its sort. `start` is the path of the table, `path` that which was asked for.
fn told(answer: &Answer, name: &Name, start: &str, path: &str) -> RoutingAnswer {
    let to = answer.redirect.as_ref().map(|to| {
        let rest = path.get(start.len()..).unwrap_or_default();
        let new = if to.path == path {
            Some(ToPath::Same)
        } else if rest.is_empty() || !to.path.contains(PROBE) {
            Some(ToPath::Is(to.path.clone()))
        } else {
            let begin = to.path.strip_suffix(rest).filter(|begin| !begin.contains(PROBE));
            begin.map(|begin| ToPath::Before(begin.to_owned()))
        };
        let host = to.host.clone().filter(|host| *host != name.asked());
        let port = (usual_port(&to.scheme) != Some(to.port)).then_some(to.port);
        new.map(|path| RoutingTo { status: to.status, scheme: to.scheme.clone(), host, port, path })
    });
    let mut notes: Vec<String> = Vec::new();
    notes.extend(answer.door.as_ref().map(|door| format!("door: {door}")));
    if let Some(route) = answer.route.as_ref().filter(|route| answer.door.as_ref() != Some(route)) {
        let rule = answer.rule.map_or_else(String::new, |rule| format!(", rule {}", rule + 1));
        notes.push(format!("rule: {route}{rule}"));
    }
    let total: i64 = answer.backends.iter().map(|b| b.weight).fold(0, i64::saturating_add);
    for row in answer.backends.iter().filter(|_| answer.backends.len() > 1) {
        let percent = (i128::from(row.weight) * 100).checked_div(i128::from(total)).unwrap_or(0);
        notes.push(format!("share: {percent}% {}", row.title()));
    }
    let changes = answer.changes.iter().filter(|change| !change.contains(PROBE));
    notes.extend(changes.map(|change| format!("change: {change}")));
    notes.extend(answer.because.iter().filter(|b| !b.text.is_empty()).map(|b| format!("because: {}", b.text)));
    notes.extend(answer.assumptions.iter().map(|a| format!("assumed: {}", a.text)));
    notes.truncate(MOST_NOTES);
    let line = match (&answer.redirect, answer.answer) {
        (Some(to), Word::Redirect) => format!("{} to", to.status),
        _ => answer.line(),
    };
    // Where a client is sent cannot be said for all of them.
    let (word, line, to) = match to {
        Some(None) => (Word::Unknown, Word::Unknown.word().to_owned(), None),
        to => (answer.answer, line, to.flatten()),
    };
    RoutingAnswer {
        word: word.word().to_owned(),
        line: neutral(&line, name),
        to,
        notes: notes.iter().map(|note| neutral(note, name)).collect(),
    }
}

/// Without the paths that say the same as the longest one before them.
fn folded(all: Vec<(String, [RoutingAnswer; 3])>) -> Vec<(String, [RoutingAnswer; 3])> {
    // Such an answer goes on from the very path at which it stands.
    let goes_on = |answer: &RoutingAnswer| answer.to.as_ref().is_some_and(|to| matches!(to.path, ToPath::Before(_)));
    let mut kept: Vec<(String, [RoutingAnswer; 3])> = Vec::new();
    for (path, three) in all {
        let before = kept.iter().rev().find(|(known, _)| path.starts_with(known.as_str()));
        let same = before.is_some_and(|(known, [_, behind, on])| {
            let slash = path.get(known.len()..).is_some_and(|rest| rest.starts_with('/'));
            let own = if slash { behind } else { on };
            !goes_on(own) && three.iter().all(|one| one == own)
        });
        if !same {
            kept.push((path, three));
        }
    }
    kept
}

fn row(row: TableRow) -> RoutingRow {
    let state = if row.dormant.is_some() { "resting" } else { row.config };
    RoutingRow { host: row.host, matches: row.matches, backend: row.backend, state: state.to_owned(), route: row.route }
}
