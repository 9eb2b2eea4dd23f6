//! Two states of a cluster: which requests get another answer.

use std::collections::BTreeSet;

use kubereach_reports::report::{RequestAnswer, RequestChange};
use rayon::prelude::*;

use super::Requests;
use super::data::{Answer, Query, Word};
use super::survey::{Name, PROBE, Sight, Special, Survey, asked};

/// Hosts that are compared.
const MOST_HOSTS: usize = 5000;

const ALONE: &str = "this path";
const BELOW: &str = "paths below";

/// What a request gets on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Both {
    request: String,
    before: RequestAnswer,
    after: RequestAnswer,
}

impl Requests<'_, '_> {
    /// Every sort of request to a host that one of the two names and whose answer differs. `doubts`: an answer that
    /// cannot be told on one side counts too.
    pub fn changes(&self, after: &Requests<'_, '_>, doubts: bool) -> Vec<RequestChange> {
        let (old, new) = (Survey::of(self), Survey::of(after));
        let names: BTreeSet<Name> = old.names().into_iter().chain(new.names()).collect();
        let names: Vec<Name> = names.into_iter().collect();
        let pair = Pair { before: self, after, doubts };
        let mut rows: Vec<RequestChange> = names
            .into_par_iter()
            .take(MOST_HOSTS)
            .flat_map_iter(|name| pair.of_host(&name, &old.sight(&name).and(new.sight(&name))))
            .collect();
        rows.sort();
        rows
    }
}

struct Pair<'r, 'a, 's, 'b, 't> {
    before: &'r Requests<'a, 's>,
    after: &'r Requests<'b, 't>,
    doubts: bool,
}

impl Pair<'_, '_, '_, '_, '_> {
    fn of_host(&self, name: &Name, sight: &Sight) -> Vec<RequestChange> {
        let mut rows = Vec::new();
        for scheme in ["http", "https"] {
            self.by_path(name, sight, scheme, &mut rows);
            for special in &sight.special {
                let both = self.both(name, scheme, &special.path, special);
                let plain = self.both(name, scheme, &special.path, &Special::default());
                // What is so without the headers was said already.
                if let Some(both) = both.filter(|both| plain.as_ref().is_none_or(|p| !alike(p, both))) {
                    let headers = special.headers.iter().map(|(name, value)| format!(", with {name}: {value}"));
                    let matches = format!("{ALONE}{}", headers.collect::<String>());
                    rows.push(row(name, &special.path, &matches, both));
                }
            }
        }
        rows
    }

    fn by_path(&self, name: &Name, sight: &Sight, scheme: &str, rows: &mut Vec<RequestChange>) {
        let nothing = Special::default();
        let mut known: Vec<(&String, [Option<Both>; 3])> = Vec::new();
        for path in &sight.paths {
            let three = asked(path).map(|asked| self.both(name, scheme, &asked, &nothing));
            let parent = known.iter().rev().find(|(known, _)| path.starts_with(known.as_str()));
            let inherited = parent.and_then(|(known, [_, behind, on])| {
                let slash = path.get(known.len()..).is_some_and(|rest| rest.starts_with('/'));
                if slash { behind.as_ref() } else { on.as_ref() }
            });
            let fresh = |both: &&Both| inherited.is_none_or(|old| !alike(old, both));
            let mut own: Vec<(&str, &Both)> = Vec::new();
            for (word, both) in [ALONE, BELOW, "paths that go on without a slash"].iter().zip(&three) {
                own.extend(both.as_ref().filter(fresh).map(|both| (*word, both)));
            }
            match own.as_slice() {
                [(_, first), (_, second), (_, third)] if alike(first, second) && alike(first, third) => {
                    rows.push(row(name, path, "paths that begin so", (*first).clone()));
                }
                [(a, first), (b, second)] if *a == ALONE && *b == BELOW && alike(first, second) => {
                    rows.push(row(name, path, "this path and below", (*first).clone()));
                }
                all => rows.extend(all.iter().map(|(word, both)| row(name, path, word, (*both).clone()))),
            }
            known.push((path, three));
        }
    }

    /// The two answers, where they differ.
    fn both(&self, name: &Name, scheme: &str, path: &str, special: &Special) -> Option<Both> {
        let headers = special.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone().into()));
        let query = Query {
            url: Some(format!("{scheme}://{}{path}", name.asked())),
            method: special.method.clone(),
            headers: Some(headers.collect()),
            ..Query::default()
        };
        let (before, after) = (self.before.query(&query), self.after.query(&query));
        let open = !self.doubts && [&before, &after].into_iter().any(|answer| answer.answer == Word::Unknown);
        let both_open = before.answer == Word::Unknown && after.answer == Word::Unknown;
        if open || both_open || promises(&before) == promises(&after) {
            return None;
        }
        let method = special.method.as_deref().unwrap_or("GET");
        let request = format!("{method} {scheme}://{}{path}", name.asked());
        Some(Both { request, before: said(&before), after: said(&after) })
    }
}

/// What the client gets, whichever pods answer.
fn promises(answer: &Answer) -> (&'static str, &[u16], Vec<(String, i64)>, Option<String>) {
    let backends = answer.backends.iter().filter(|row| row.weight > 0).map(|row| (row.title(), row.weight)).collect();
    (answer.answer.word(), &answer.status, backends, answer.redirect.as_ref().map(super::RedirectRow::location))
}

fn said(answer: &Answer) -> RequestAnswer {
    let total: i64 = answer.backends.iter().map(|b| b.weight).fold(0, i64::saturating_add);
    let mut shares = answer.backends.iter().filter(|b| b.weight > 0).map(|row| {
        let percent = (i128::from(row.weight) * 100).checked_div(i128::from(total)).unwrap_or(0);
        format!("{percent}% {}", row.title())
    });
    let several = answer.answer == Word::Backend && answer.backends.len() > 1;
    let line = if several {
        format!("applications answer: {}", shares.by_ref().collect::<Vec<_>>().join(", "))
    } else {
        answer.line()
    };
    RequestAnswer { answer: answer.answer.word().to_owned(), line, route: answer.route.clone() }
}

fn alike(a: &Both, b: &Both) -> bool {
    let word = |both: &Both| (neutral(&both.before.line), neutral(&both.after.line));
    word(a) == word(b)
}

/// Without the paths that stood for others.
fn neutral(line: &str) -> String {
    line.replace(&format!("/{PROBE}"), "/…").replace(PROBE, "…")
}

fn row(name: &Name, path: &str, matches: &str, both: Both) -> RequestChange {
    let clean = |mut said: RequestAnswer| {
        said.line = neutral(&said.line.replace(&name.asked(), &name.key()));
        said
    };
    RequestChange {
        host: name.key(),
        path: path.to_owned(),
        matches: matches.to_owned(),
        request: neutral(&both.request.replace(&name.asked(), &name.key())),
        before: clean(both.before),
        after: clean(both.after),
    }
}
