//! A request with the redirects that it leads to.

use serde::Serialize;

use super::Requests;
use super::data::{Answer, Query, RedirectRow, Word};
use crate::resolve::request::{Request, Speech};
use crate::resolve::route::redirect::{Location, usual_port};

/// So many redirects a client follows.
const MOST: usize = 10;

/// One request of a journey.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hop {
    /// `GET https://shop.example/cart`.
    pub request: String,
    /// One answer for each door that may take it.
    pub answers: Vec<Answer>,
}

/// How a journey ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// With the answers of its last hop.
    Answered,
    /// In a circle.
    Loop {
        /// The requests that lead to each other; the first stands at the end again.
        members: Vec<String>,
    },
    /// After too many redirects.
    TooMany,
}

/// A request and where it leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Journey {
    /// Every request, in order.
    pub hops: Vec<Hop>,
    /// How it ends.
    pub ended: Ended,
}

impl RedirectRow {
    /// A place that a door sends clients to.
    pub(super) fn of(to: &Location) -> Self {
        let host = (!to.host.is_empty()).then(|| to.host.clone());
        Self { scheme: to.scheme.clone(), host, port: to.port, path: to.path.clone(), status: to.status }
    }

    /// As the `Location` header has it.
    pub fn location(&self) -> String {
        let port = if usual_port(&self.scheme) == Some(self.port) { String::new() } else { format!(":{}", self.port) };
        format!("{}://{}{port}{}", self.scheme, self.host.as_deref().unwrap_or("(same host)"), self.path)
    }
}

impl Requests<'_, '_> {
    /// Answers a request and, with `follow`, those that its redirects lead to. The error says what is wrong with the
    /// question.
    pub fn journey(&self, query: &Query, follow: bool) -> Result<Journey, String> {
        let mut request = super::ask::request(query)?;
        let mut hops: Vec<Hop> = Vec::new();
        let mut seen: Vec<Request> = Vec::new();
        loop {
            let answers = self.all(query, &request)?;
            hops.push(Hop { request: request.describe(), answers });
            seen.push(request.clone());
            let answers = hops.last().map(|hop| hop.answers.as_slice()).unwrap_or_default();
            let next = match answers {
                [one] if follow && one.answer == Word::Redirect => one.redirect.as_ref(),
                _ => None,
            };
            let Some(next) = next.and_then(|to| after(&request, to)) else {
                return Ok(Journey { hops, ended: Ended::Answered });
            };
            if let Some(at) = seen.iter().position(|known| *known == next) {
                let mut members: Vec<String> = seen.iter().skip(at).map(Request::describe).collect();
                members.push(next.describe());
                return Ok(Journey { hops, ended: Ended::Loop { members } });
            }
            if seen.len() > MOST {
                return Ok(Journey { hops, ended: Ended::TooMany });
            }
            // Where nothing of this cluster takes it, it was sent elsewhere.
            if self.all(query, &next)?.iter().all(|answer| answer.door.is_none()) {
                return Ok(Journey { hops, ended: Ended::Answered });
            }
            request = next;
        }
    }
}

/// The request that a client makes of a redirect (RFC 9110, section 15.4): a `POST` becomes a `GET` after 301, 302 and
/// 303.
fn after(request: &Request, to: &RedirectRow) -> Option<Request> {
    let speech = match to.scheme.as_str() {
        "http" => Speech::Http,
        "https" => Speech::Https,
        _ => return None,
    };
    let host = to.host.clone().unwrap_or_else(|| request.host.clone()).to_ascii_lowercase();
    let method = if matches!(to.status, 301..=303) && request.method != "HEAD" { "GET" } else { &request.method };
    Some(Request {
        speech,
        // Where the client named an address, it may have been told to by a table of names of its own.
        dialled: if host == request.host { request.dialled.clone() } else { host.clone() },
        host,
        port: to.port,
        method: method.to_owned(),
        path: to.path.clone(),
        headers: request.headers.iter().filter(|(name, _)| name != "host").cloned().collect(),
        server_name: None,
        ..request.clone()
    })
}
