//! What a door does with a request, as far as its own rules go: which of them takes it, or what it answers by itself.
//! What lies behind a rule is the business of the paths that were evaluated.

use kubereach_reports::report::{Backend, ObjectRef};

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
    /// It sends the client elsewhere.
    pub redirect: Option<Location>,
    /// What it changes in the request or the answer, each as a clause.
    pub changes: Vec<String>,
    /// Where it leads.
    pub shares: Vec<Share>,
    /// What cannot be told of it and may change the answer, each as a clause.
    pub doubts: Vec<String>,
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
