//! What a client asks at a door, and where.

use std::net::IpAddr;

use kubereach_prober::plan::{Span, Target};
use kubereach_prober::words::{Protocol, Purpose, Segment};
use kubereach_reports::report::SegmentName;

use super::Around;
use super::request::{self, Request};
use kubereach_model::evidence::Path;

/// Where most addresses are read.
pub(crate) const STATUS: &str = "published address (status)";

/// What a DNS server is asked: any answer is one, also that there is no such name.
pub(crate) const DNS_QUESTION: &str = "kubernetes.default.svc.cluster.local.";

/// Where a client dials.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// An address.
    Address(IpAddr),
    /// A host name.
    Name(String),
}

impl Place {
    /// An address or a host name; `None` for what is neither (masked, garbage).
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('.');
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(Self::Address(address));
        }
        let label = |l: &str| {
            !l.is_empty() && l.len() <= 63 && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        let is_name = text.len() <= 253 && text.split('.').all(label) && !kubereach_model::snapshot::is_masked(text);
        is_name.then(|| Self::Name(text.to_ascii_lowercase()))
    }

    /// `203.0.113.5:443`, `[2001:db8::1]:443`, `lb.example.com:443`.
    pub(crate) fn with_port(&self, port: u16) -> String {
        match self {
            Self::Address(IpAddr::V6(v6)) => format!("[{v6}]:{port}"),
            Self::Address(v4) => format!("{v4}:{port}"),
            Self::Name(name) => format!("{name}:{port}"),
        }
    }
}

/// The prober's word for a segment: the two vocabularies are the same.
pub(crate) fn segment(name: SegmentName) -> Segment {
    match name {
        SegmentName::Address => Segment::Address,
        SegmentName::Controller => Segment::Controller,
        SegmentName::Listener => Segment::Listener,
        SegmentName::Rule => Segment::Rule,
        SegmentName::Reference => Segment::Reference,
        SegmentName::Service => Segment::Service,
        SegmentName::Endpoints => Segment::Endpoints,
        SegmentName::Port => Segment::Port,
        SegmentName::Policy => Segment::Policy,
        SegmentName::Tls => Segment::Tls,
    }
}

/// The span of a request that crosses the whole path: from its first segment to its port, or as far as
/// the path goes; the certificate too where the request is made over TLS.
pub(crate) fn whole(path: &Path, tls: bool) -> Span {
    let has = || path.segments.iter().map(|s| segment(s.name));
    let from = has().min().unwrap_or(Segment::Address);
    // A request ends at a port, also where the configuration does not show the way that far.
    let last = has().filter(|s| *s <= Segment::Port).max().filter(|_| path.key.backend.is_none());
    let to = last.unwrap_or(Segment::Port);
    let certified = tls && has().any(|s| s == Segment::Tls);
    Span::new(from, if certified { Segment::Tls } else { to })
}

/// The span of a dial that says nothing of what lies behind `to`.
pub(crate) const fn until(to: Segment) -> Span {
    Span::new(Segment::Address, to)
}

/// A target of a path that is filled in by whoever adds it.
pub(crate) fn blank(dial: impl Into<String>, span: Span, protocol: Protocol) -> Target {
    Target { dial: dial.into(), purpose: Purpose::Path, ..Target::new("", span, protocol) }
}

/// The target of a request at an entry, still without its place.
pub(crate) fn ask(path: &Path, tls: bool, request: &Request, chosen: &str) -> Target {
    let protocol = if tls { Protocol::Https } else { Protocol::Http };
    let host = path.key.host.as_deref().map(request::host);
    let guessed = request.guessed || host.as_ref().is_some_and(|(_, guessed)| *guessed);
    let mut target = blank("", whole(path, tls), protocol);
    // Without a name there is no name that a certificate could be for.
    target.verify = host.is_some();
    target.host = host.map(|(host, _)| host);
    target.method = request.method.unwrap_or(target.method);
    target.path.clone_from(&request.path);
    target.headers.clone_from(&request.headers);
    target.guessed = guessed;
    chosen.clone_into(&mut target.chosen);
    target
}

/// Passed through, the handshake is the backend's own; ended at the door, it shows only the listener.
pub(crate) fn handshake(path: &Path, ends_here: bool) -> Target {
    let span = if ends_here { until(Segment::Listener) } else { whole(path, true) };
    let mut target = blank("", span, Protocol::Tls);
    if let Some((host, guessed)) = path.key.host.as_deref().map(request::host) {
        target.sni = Some(host);
        target.guessed = guessed;
    } else {
        target.verify = false;
    }
    STATUS.clone_into(&mut target.chosen);
    target
}

/// A proxy accepts a connection before it has one to the backend; only an answer shows that it has.
pub(crate) fn stream(path: &Path, around: &dyn Around) -> Target {
    let spoken = path.key.backend.as_ref().and_then(|backend| around.spoken(backend));
    let mut target = match spoken.filter(|s| !s.assumed && !matches!(s.protocol, Protocol::Tcp | Protocol::Udp)) {
        Some(spoken) => {
            let mut target = blank("", whole(path, false), spoken.protocol);
            target.http = spoken.http;
            target.verify = false;
            target
        }
        None => blank("", until(Segment::Listener), Protocol::Tcp),
    };
    STATUS.clone_into(&mut target.chosen);
    target
}
