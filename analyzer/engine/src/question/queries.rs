//! Many questions over one parsed snapshot: a line in, a line out.

use std::collections::HashMap;

use serde_json::Value;

use super::answers::{Answers, Side, by, plain};
use super::assumptions::assumptions;
use super::data::{Because, Query, QueryAnswer};
use super::{Finder, Party, split_port};
use crate::policy::{Answer, Connection, Decision, PolicyView, Protocol};

impl<'s> Answers<'_, 's> {
    /// Answers one line of a query file. `seen` keeps what earlier lines resolved.
    pub fn query(&self, query: &Query, seen: &mut Seen<'s>) -> QueryAnswer {
        let refuse = |text: String| QueryAnswer {
            id: query.id.clone(),
            answer: Answer::Unknown.word(),
            ingress: Answer::Unknown.word(),
            egress: Answer::Unknown.word(),
            because: vec![plain("ingress", "undecidable", text)],
            assumptions: Vec::new(),
        };
        let protocol = match query.protocol.as_deref() {
            None | Some("") => Protocol::Tcp,
            Some(word) => match Protocol::of(word) {
                Some(protocol) => protocol,
                None => return refuse(format!("'{word}' is none of TCP, UDP and SCTP")),
            },
        };
        let port = match &query.port {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        };
        let (to, own) = split_port(&query.to);
        let port = port.or_else(|| own.map(str::to_owned));
        let from = match seen.source(&self.finder, self.view, &query.from) {
            Ok(from) => from,
            Err(why) => return refuse(why),
        };
        let to = match seen.destination(&self.finder, self.view, to, port.as_deref(), protocol) {
            Ok(to) => to,
            Err(why) => return refuse(why),
        };
        let request = query.request();
        let mut decisions = Vec::new();
        for source in from.iter() {
            for target in to.iter() {
                for (end, target_port) in &target.ends {
                    let Some((source_end, _)) = source.ends.first() else { continue };
                    let port = target_port.map_or((protocol, None), |t| (t.protocol, t.port));
                    let connection = Connection {
                        from: source_end,
                        to: end,
                        protocol: port.0,
                        port: port.1,
                        request: request.as_ref(),
                    };
                    let by = source.by(target);
                    decisions.push(self.view.decide_by(&connection, by, &source.selection, &target.selection));
                }
            }
        }
        let fold = |of: fn(&Decision<'_, 's>) -> Answer| {
            let mut all = decisions.iter().map(of);
            let first = all.next().unwrap_or(Answer::Unknown);
            if all.all(|other| other == first) { first } else { Answer::Unknown }
        };
        let answer = fold(|d| d.answer);
        let mut because: Vec<Because> = Vec::new();
        for decision in &decisions {
            for reason in self.because(decision) {
                if !because.contains(&reason) {
                    because.push(reason);
                }
            }
        }
        if decisions.len() > 1 && decisions.iter().any(|d| d.answer != answer) {
            because.push(plain("ingress", "undecidable", format!("the {} pod pairs it names differ", decisions.len())));
        }
        let assumptions = assumptions(&decisions);
        QueryAnswer {
            id: query.id.clone(),
            answer: answer.word(),
            ingress: fold(|d| d.ingress).word(),
            egress: fold(|d| d.egress).word(),
            because,
            assumptions,
        }
    }
}

/// What earlier queries resolved.
#[derive(Default)]
pub struct Seen<'s> {
    sources: HashMap<String, Resolved<'s>>,
    destinations: HashMap<(String, Option<String>, Protocol), Resolved<'s>>,
}

type Resolved<'s> = Result<std::sync::Arc<Vec<Side<'s>>>, String>;

impl<'s> Seen<'s> {
    fn source(
        &mut self,
        finder: &Finder<'_, 's>,
        view: &PolicyView<'s>,
        words: &str,
    ) -> Result<std::sync::Arc<Vec<Side<'s>>>, String> {
        if let Some(known) = self.sources.get(words) {
            return known.clone();
        }
        let found = finder.source(words, "default").map(|parties| sides(view, parties)).map_err(|e| e.to_string());
        self.sources.insert(words.to_owned(), found.clone());
        found
    }

    fn destination(
        &mut self,
        finder: &Finder<'_, 's>,
        view: &PolicyView<'s>,
        words: &str,
        port: Option<&str>,
        protocol: Protocol,
    ) -> Result<std::sync::Arc<Vec<Side<'s>>>, String> {
        let key = (words.to_owned(), port.map(str::to_owned), protocol);
        if let Some(known) = self.destinations.get(&key) {
            return known.clone();
        }
        let found = finder
            .destination(words, port, Some(protocol), "default")
            .map(|parties| sides(view, parties))
            .map_err(|e| e.to_string());
        self.destinations.insert(key, found.clone());
        found
    }
}

fn sides<'s>(view: &PolicyView<'s>, parties: Vec<Party<'s>>) -> std::sync::Arc<Vec<Side<'s>>> {
    std::sync::Arc::new(
        parties
            .into_iter()
            .map(|party| {
                let selection = party.end.pod().map(|pod| view.policies.select(pod)).unwrap_or_default();
                let (by, dials_pods) = (by(&party), party.dials_pods);
                Side { labels: vec![party.label], ends: vec![(party.end, party.port)], selection, by, dials_pods }
            })
            .collect(),
    )
}
