//! What happens to a request: which doors take it, which rule wins there, and what the client gets.
//!
//! Doors say what their rules do with a request (`evaluate::door::OpenDoor::answer`); what lies behind the rule was
//! evaluated once, and is asked here.

mod ask;
mod assumed;
mod compared;
mod data;
mod journey;
mod made;
mod routing;
mod services;
mod settle;
mod strangers;
mod survey;
mod table;
mod words;

use std::borrow::Cow;
use std::collections::HashMap;

use kubereach_reports::report::ObjectRef;

pub use journey::{Ended, Hop, Journey};
pub use table::TableRow;

pub use data::{Answer, BackendRow, Because, Call, CandidateRow, Query, RedirectRow, Word};

use crate::checks;
use crate::evaluate::Cluster;
use crate::evaluate::door::answer::{Fit, Handled, Outcome};
use crate::evaluate::door::{self, DOORS, OpenDoor};
use crate::resolve::entries::{UnmodelledEntries, object_of};
use crate::resolve::gateway::hostname;
use crate::resolve::request::Request;
use kubereach_model::evidence::SubjectPaths;
use kubereach_model::snapshot::is_of_others;
use settle::Scope;

/// Answers requests over one cluster.
pub struct Requests<'w, 's> {
    cluster: &'w Cluster<'s>,
    subjects: Cow<'w, [SubjectPaths]>,
    at: HashMap<ObjectRef, usize>,
    doors: Vec<Opened<'w>>,
    /// Entries of kinds that are not evaluated.
    others: UnmodelledEntries<'s>,
}

/// Doors of one kind.
struct Opened<'w> {
    door: Box<dyn OpenDoor + 'w>,
    /// Their subjects.
    own: Vec<usize>,
}

impl<'w, 's> Requests<'w, 's> {
    /// Evaluates the cluster once.
    pub fn new(cluster: &'w Cluster<'s>) -> Self {
        Self::over(cluster, Cow::Owned(checks::evaluate(cluster)))
    }

    /// Over what was evaluated already.
    pub fn over(cluster: &'w Cluster<'s>, subjects: Cow<'w, [SubjectPaths]>) -> Self {
        let at = subjects.iter().enumerate().map(|(index, s)| (s.object.clone(), index)).collect();
        let own = |kinds: &'static [door::Kind]| -> Vec<usize> {
            let is = |s: &SubjectPaths| kinds.iter().any(|kind| kind.name == s.object.kind);
            subjects.iter().enumerate().filter(|(_, s)| is(s)).map(|(index, _)| index).collect()
        };
        let doors = DOORS.iter().map(|door| Opened { door: door.open(cluster), own: own(door.kinds()) }).collect();
        Self { cluster, subjects, at, doors, others: UnmodelledEntries::of(cluster) }
    }

    fn subject(&self, object: &ObjectRef) -> Option<&SubjectPaths> {
        self.subjects.get(*self.at.get(object)?)
    }

    /// Answers one line of a query file.
    pub fn query(&self, query: &Query) -> Answer {
        let mut answer = match ask::request(query) {
            Err(why) => Answer::bare(Word::Unknown, why),
            Ok(request) => match self.all(query, &request) {
                Ok(answers) => one(answers),
                Err(why) => Answer::bare(Word::Unknown, why),
            },
        };
        answer.id = query.id.clone();
        answer
    }

    /// One answer for each door that may take it.
    fn all(&self, query: &Query, request: &Request) -> Result<Vec<Answer>, String> {
        if let Some(gateway) = query.gateway.as_deref() {
            return Ok(vec![self.of_gateway(gateway, request)]);
        }
        let only = query.to.as_deref().map(|words| self.named(words)).transpose()?;
        if only.is_none()
            && let Some(answer) = self.of_service(query, request)
        {
            // The load balancer's Service may be a door's own: then the door says more.
            let door = self.at_doors(request, None).into_iter().filter(|(fit, _)| *fit >= Fit::Address);
            let doors: Vec<Answer> = door.map(|(_, answer)| answer).collect();
            return Ok(if doors.is_empty() { vec![answer] } else { doors });
        }
        let mut found = self.at_doors(request, only.as_ref());
        let best = found.iter().map(|(fit, _)| *fit).max();
        found.retain(|(fit, _)| Some(*fit) == best);
        if found.is_empty() {
            let because = match &only {
                Some(only) => format!("the request does not come in at {only}"),
                None => format!("nothing that was read takes requests for {}", request.host),
            };
            return Ok(vec![Answer::bare(Word::Unknown, because)]);
        }
        if best == Some(Fit::Any) && found.len() > 1 {
            let doors: Vec<String> = found.iter().filter_map(|(_, answer)| answer.door.clone()).collect();
            let because =
                format!("no door serves {} by name; those that take any host are {}", request.host, doors.join(", "));
            return Ok(vec![Answer::bare(Word::Unknown, because)]);
        }
        let mut answers: Vec<Answer> = found.into_iter().map(|(_, answer)| answer).collect();
        for answer in answers.iter_mut().filter(|answer| best == Some(Fit::Any) && answer.route.is_none()) {
            // A door that takes any host and has no rule for this one does not show that the name leads to it.
            let would = if answer.answer == Word::Response { "would not answer it" } else { "would not take it" };
            let door = answer.door.clone().unwrap_or_default();
            let because = format!("nothing that was read serves {}; {door} {would}", request.host);
            *answer = Answer { door: Some(door), ..Answer::bare(Word::Unknown, because) };
        }
        Ok(answers)
    }

    /// The object that `--to` names.
    fn named(&self, words: &str) -> Result<ObjectRef, String> {
        let parts: Vec<&str> = words.split('/').collect();
        let (namespace, kind, name) = match parts.as_slice() {
            [kind, name] => ("default", *kind, *name),
            [namespace, kind, name] => (*namespace, *kind, *name),
            _ => return Err(format!("'{words}' is not KIND/NAME or NAMESPACE/KIND/NAME of a door")),
        };
        let kind = door::kinds().find(|known| known.is_called(kind) || known.name == kind);
        let kind = kind.ok_or_else(|| format!("'{words}' is no kind of door"))?;
        let group = is_of_others(kind.group).then(|| kind.group.to_owned());
        let (kind, namespace, name) = (kind.name.to_owned(), Some(namespace.to_owned()), name.to_owned());
        let object = ObjectRef { kind, namespace, name, group };
        if self.at.contains_key(&object) { Ok(object) } else { Err(format!("the input holds no {object}")) }
    }

    /// What every door does with it.
    fn at_doors(&self, request: &Request, only: Option<&ObjectRef>) -> Vec<(Fit, Answer)> {
        let mut all = Vec::new();
        for opened in &self.doors {
            match opened.door.answer(request, only) {
                Some(handled) => {
                    all.extend(handled.iter().map(|one| (one.fit, self.told(one, request, Scope::Whole))));
                }
                None => all.extend(self.silent(&opened.own, request, only)),
            }
        }
        if let Some(other) = self.others.claiming(&request.host).filter(|_| only.is_none()) {
            let object = object_of(&other);
            let because = format!("{object} claims the host, and a {} is not evaluated", object.kind);
            let mut answer = Answer::bare(Word::Unknown, because);
            answer.door = Some(object.to_string());
            all.push((Fit::Host, answer));
        }
        all
    }

    /// A door that cannot say what it does with a request and serves the host.
    fn silent(&self, own: &[usize], request: &Request, only: Option<&ObjectRef>) -> Option<(Fit, Answer)> {
        let serves = |subject: &&SubjectPaths| {
            only.is_none_or(|only| *only == subject.object)
                && subject.paths.iter().any(|path| {
                    let host = path.key.host.as_deref().map(str::to_ascii_lowercase);
                    host.is_some_and(|host| hostname::covers(&host, &request.host))
                })
        };
        let subject = own.iter().filter_map(|index| self.subjects.get(*index)).find(serves)?;
        let because =
            format!("{} serves the host, and requests to a {} are not followed", subject.object, subject.object.kind);
        let mut answer = Answer::bare(Word::Unknown, because);
        answer.door = Some(subject.object.to_string());
        Some((Fit::Host, answer))
    }

    fn of_gateway(&self, name: &str, request: &Request) -> Answer {
        let Some((namespace, name)) = name.split_once('/') else {
            return Answer::bare(Word::Unknown, format!("'{name}' is not NAMESPACE/NAME of a Gateway"));
        };
        let object = ObjectRef {
            kind: "Gateway".to_owned(),
            namespace: Some(namespace.to_owned()),
            name: name.to_owned(),
            group: None,
        };
        for opened in &self.doors {
            let Some(all) = opened.door.answer(request, Some(&object)) else { continue };
            if let Some(handled) = all.first() {
                return self.told(handled, request, Scope::Specs);
            }
        }
        Answer::bare(Word::Unknown, format!("Gateway {namespace}/{name} was not read"))
    }

    /// What one door's answer means for the client.
    fn told(&self, handled: &Handled, request: &Request, scope: Scope) -> Answer {
        let mut answer = self.of_outcome(&handled.outcome, request, scope);
        answer.door = Some(handled.door.clone());
        answer.considered = handled
            .candidates
            .iter()
            .map(|candidate| CandidateRow {
                route: candidate.entry.to_string(),
                rule: candidate.rule,
                matches: candidate.matches.clone(),
                why: candidate.why.clone(),
            })
            .collect();
        answer
    }

    fn of_outcome(&self, outcome: &Outcome, request: &Request, scope: Scope) -> Answer {
        match outcome {
            Outcome::Taken(taken) => self.settle(taken, request, scope),
            Outcome::FirstOf(rules, otherwise) => self.first_of(rules, otherwise, request, scope),
            Outcome::Reply { status, because } => {
                let mut answer = Answer::bare(Word::Response, because.clone());
                answer.status.clone_from(status);
                answer
            }
            Outcome::Sent(to, because) => {
                let status = vec![to.status];
                let redirect = Some(RedirectRow::of(to));
                Answer { status, redirect, ..Answer::bare(Word::Redirect, because.clone()) }
            }
            Outcome::Refused(because) => Answer::bare(Word::Refused, because.clone()),
            Outcome::Unknown(because) => Answer::bare(Word::Unknown, because.clone()),
        }
    }
}

/// One answer for a client that cannot choose its door.
fn one(mut answers: Vec<Answer>) -> Answer {
    let Some(first) = answers.first().cloned() else { return Answer::bare(Word::Unknown, "nothing takes it") };
    if answers.iter().all(|answer| answer.is_like(&first)) {
        return answers.swap_remove(0);
    }
    let words = answers.iter().map(|a| format!("{}: {}", a.door.as_deref().unwrap_or("a door"), a.answer.word()));
    let words: Vec<String> = words.collect();
    Answer::bare(Word::Unknown, format!("several doors serve the host and differ: {}", words.join("; ")))
}
