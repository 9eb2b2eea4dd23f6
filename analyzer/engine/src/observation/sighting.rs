//! One row of an observations file, as it speaks of one path.

use std::net::SocketAddr;

use jiff::Timestamp;
use kubereach_prober::plan::Span;
use kubereach_prober::words::{Cap, LayerName, Outcome};

use super::Source;

/// One measurement of one path. Ordered by all of its facts, so that a set of them has no order of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    /// As whom.
    pub source: Source,
    /// The run it belongs to: what was started twice under one name is one run.
    pub run: String,
    /// When.
    pub at: Option<Timestamp>,
    /// Which dial of the path.
    pub dial: String,
    /// The segments the dial crosses.
    pub span: Span,
    /// What it came to, judged anew from its class and facts.
    pub outcome: Outcome,
    /// The class that decided; empty if none is known.
    pub class: String,
    /// The worst that may be concluded of a failure.
    pub cap: Cap,
    /// The layer that failed.
    pub failed_layer: Option<LayerName>,
    /// In words.
    pub reason: String,
    /// Causes that fit.
    pub causes: Vec<String>,
    /// Attempts made.
    pub tried: u32,
    /// Attempts that were answered.
    pub answered: u32,
    /// The first attempts of a pod just started failed, all later ones passed.
    pub late: bool,
    /// The highest layer that did its part.
    pub top: Option<LayerName>,
    /// TLS was spoken, or was to be.
    pub tls: bool,
    /// The address that decided.
    pub peer: Option<SocketAddr>,
    /// Addresses of the same name that did not answer while this one did.
    pub dead: Vec<SocketAddr>,
    /// Why it has no vote, if so.
    pub doubt: Option<Doubt>,
    /// Why an answer proves nothing behind the entry, if so.
    pub entry_only: Option<EntryOnly>,
    /// Something else was answered from the same vantage in the same run.
    pub control: bool,
    /// Why a failure of this caller says nothing about the real ones, if so.
    pub other_identity: Option<String>,
}

/// Why a sighting is shown and does not vote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Nothing was measured; the sighting's reason says why.
    NotTested,
    /// The request was a guess.
    Guessed,
    /// It is older than what the snapshot shows, in words.
    Stale(String),
    /// When it was made is not known.
    NoTime,
}

/// Why an answer proves nothing behind the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryOnly {
    /// An unknown host gets the very same answer.
    SameAsUnknownHost,
    /// 404, and who says so cannot be told.
    AmbiguousNotFound,
    /// Only a connection was made, which a proxy accepts by itself.
    TransportOnly,
}

impl Sighting {
    /// It was answered.
    pub const fn passed(&self) -> bool {
        matches!(self.outcome, Outcome::Verified | Outcome::Reached)
    }

    /// Some attempts were answered and some were not, and not only because its pod was just started.
    pub const fn flaky(&self) -> bool {
        self.answered > 0 && self.answered < self.tried && !self.late
    }

    /// It has a vote.
    pub const fn votes(&self) -> bool {
        self.doubt.is_none()
    }
}
