//! What is worth saying about a measured path, as facts; the checks give it words.

use std::net::SocketAddr;

use jiff::Timestamp;
use kubereach_reports::report::SegmentName;

/// One statement about what was measured of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remark {
    /// The configuration says blocked, and traffic got through.
    FlowsThoughBlocked(Measurement),
    /// Traffic fails, corroborated, and the configuration shows no cause.
    FailsThoughOpen(Measurement),
    /// Traffic fails for this caller, corroborated, and gets through for another.
    FailsForSome(Measurement),
    /// Traffic fails where the configuration says so.
    FailsAsConfigured(Measurement),
    /// Something answered that could not do its part.
    Suffers(Measurement),
    /// Some attempts were answered, some were not: answered, tried.
    Flaky(Measurement, u32, u32),
    /// Some addresses of the door do not answer.
    DeadAddresses(Measurement, Vec<SocketAddr>),
    /// Some pods do not answer.
    DeadEndpoints(Measurement, Vec<SocketAddr>),
    /// Traffic failed, and nothing corroborates it.
    Unconfirmed(Measurement),
    /// A caller failed whom network policy may refuse where it lets the real ones in.
    OtherIdentity(Measurement, String),
    /// The entry gives an unknown host the very same answer.
    SameAsUnknownHost(Measurement),
    /// The measurement is older than what the snapshot shows.
    Stale(Measurement, String),
    /// Real traffic fails and the API server gets through, or the other way round.
    RelayDiffers(Measurement, bool),
}

/// What was measured, for a sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Measurement {
    /// As whom: `a pod of namespace shop, labels app=web`.
    pub source: String,
    /// In words.
    pub evidence: String,
    /// When.
    pub at: Option<Timestamp>,
    /// Causes that fit.
    pub causes: Vec<String>,
    /// Where it breaks, if that was localized.
    pub segment: Option<SegmentName>,
    /// Only a part of the way was measured: from where to where.
    pub part: Option<(SegmentName, SegmentName)>,
}
