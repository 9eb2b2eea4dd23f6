//! What a door does with a request, as far as its own rules go: which of them takes it, or what it answers by itself.
//! What lies behind a rule is the business of the paths that were evaluated.

use kubereach_reports::report::{Backend, ObjectRef, SegmentName};

use crate::resolve::route::redirect::Location;

/// How a request comes to a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It takes any host: whether the client's name leads here was not read.
    Any,
    /// It serves the host by name.
    Host,
    /// The URL names its address.
    Address,
    /// It was asked for.
    Named,
}

/// What one door does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handled {
    /// The door, for people and machines: `Gateway/infra/public/https`, `Ingress/shop/web`.
    pub door: String,
    /// How the request comes to it.
    pub fit: Fit,
    /// What it does.
    pub outcome: Outcome,
    /// Every rule that would take the request, the winner first, and why the others lose.
    pub candidates: Vec<Candidate>,
}

/// What becomes of a request at a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A rule takes it.
    Taken(Box<Taken>),
    /// The first of these rules takes it that the door has made of what it read; where it has made none of them, this.
    FirstOf(Vec<Taken>, Box<Outcome>),
    /// The door sends every client elsewhere, and why.
    Sent(Location, String),
    /// The door answers by itself.
    Reply {
        /// With one of these.
        status: Vec<u16>,
        /// Why.
        because: String,
    },
    /// There is no connection, or no TLS.
    Refused(String),
    /// It cannot be told.
    Unknown(String),
}

/// The rule that takes a request, by the words of the paths that it makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Whose rule it is.
    pub entry: ObjectRef,
    /// As its paths name the listener.
    pub listener: Option<String>,
    /// As its paths name the host.
    pub host: Option<String>,
    /// As its paths name the match.
    pub matches: Option<String>,
    /// Which rule, counted from zero.
    pub rule: Option<usize>,
    /// Another object through which it came, with its listener: what keeps requests out there counts as well.
    pub via: Option<(ObjectRef, String)>,
    /// It sends the client elsewhere.
    pub redirect: Option<Location>,
    /// It answers by itself, and why.
    pub reply: Option<(u16, String)>,
    /// What it changes in the request or the answer, and the times and sizes beyond which it ends, each as a clause.
    pub changes: Vec<String>,
    /// Where it leads.
    pub shares: Vec<Share>,
    /// What cannot be told of it and may change the answer, each as a clause.
    pub doubts: Vec<String>,
    /// What the client gets where its reference leads nowhere: one of these.
    pub lost: &'static [u16],
    /// Where a wall keeps the door from making the rule at all, so that others are asked.
    pub unmade_at: &'static [SegmentName],
    /// It leads the connection on and reads nothing of it.
    pub connection: bool,
}

impl Taken {
    /// A rule of an object that leads nowhere yet.
    pub const fn by(entry: ObjectRef) -> Self {
        Self {
            entry,
            listener: None,
            host: None,
            matches: None,
            rule: None,
            via: None,
            redirect: None,
            reply: None,
            changes: Vec::new(),
            shares: Vec::new(),
            doubts: Vec::new(),
            lost: &[500],
            unmade_at: &[],
            connection: false,
        }
    }
}

/// A backend and its share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// As its path names it.
    pub backend: Backend,
    /// Its weight; one alone has 1.
    pub weight: i64,
}

/// A rule that was considered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Whose rule it is.
    pub entry: ObjectRef,
    /// Which rule, counted from zero.
    pub rule: Option<usize>,
    /// Host and match, for people.
    pub matches: String,
    /// What became of it, as a clause.
    pub why: String,
}

/// What one rule looks at, for those who ask about all rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listing {
    /// The host, perhaps a wildcard (`*.shop.example`); none for any.
    pub host: Option<String>,
    /// The path, or how it begins; none for a pattern.
    pub path: Option<String>,
    /// It looks at more: the method, headers, query parameters, the client.
    pub more: bool,
    /// The method that it asks for.
    pub method: Option<String>,
    /// Headers that fit it.
    pub headers: Vec<(String, String)>,
}
