//! What the reducer has to know of a path; nothing else of the snapshot reaches it.

use kubereach_prober::plan::Span;
use kubereach_prober::words::Segment;
use kubereach_reports::report::{PathState, SegmentName};

use crate::evaluate::door::{self, SERVICE};
use kubereach_model::evidence::Path;

/// A path as the reducer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathFacts {
    /// What the snapshot shows.
    pub config: PathState,
    /// Its counted segments with their states, in the order traffic crosses them.
    pub segments: Vec<(SegmentName, PathState)>,
    /// It begins at a door, not at a Service.
    pub front_door: bool,
    /// What stands behind its port answers HTTP, so that a mere connection proves little.
    pub speaks_http: bool,
    /// TLS goes through the entry to the backend: a handshake is then the backend's.
    pub tls_through: bool,
    /// Addresses behind its port that receive traffic, where they are known.
    pub ready: Option<usize>,
    /// Segments that a finding blocks or narrows: facts of the snapshot.
    pub faults: Vec<SegmentName>,
}

impl PathFacts {
    /// The facts of a path; what only the snapshot knows is left open.
    pub fn of(path: &Path) -> Self {
        use kubereach_reports::report::Effect;
        let mut segments: Vec<(SegmentName, PathState)> =
            path.segments.iter().filter(|s| s.is_counted()).map(|s| (s.name, s.state())).collect();
        segments.sort_by_key(|(segment, _)| *segment);
        let mut faults: Vec<SegmentName> = path
            .segments
            .iter()
            .filter(|s| s.is_counted())
            .filter(|s| s.findings().iter().any(|f| matches!(f.effect(), Effect::Blocks | Effect::Narrows)))
            .map(|s| s.name)
            .collect();
        faults.sort();
        let entry = &path.key.entry;
        let door = door::kind(entry);
        Self {
            config: path.state(),
            segments,
            front_door: !SERVICE.is(entry),
            speaks_http: door.is_some_and(|door| door.speaks_http),
            tls_through: door.is_some_and(|door| door.passes_tls),
            ready: None,
            faults,
        }
    }

    /// Has the path this segment?
    pub fn has(&self, segment: SegmentName) -> bool {
        self.segments.iter().any(|(s, _)| *s == segment)
    }

    /// What the snapshot shows of a segment.
    pub fn config_of(&self, segment: SegmentName) -> Option<PathState> {
        self.segments.iter().find(|(s, _)| *s == segment).map(|(_, state)| *state)
    }

    /// Does a dial over this span cross the whole way? Policy and certificates have no place of their own on
    /// it: who crosses the way has met both.
    pub fn is_full(&self, span: Span) -> bool {
        let way =
            || self.segments.iter().map(|(s, _)| *s).filter(|s| !matches!(s, SegmentName::Policy | SegmentName::Tls));
        match (way().min(), way().max()) {
            (Some(first), Some(last)) => name(span.from) <= first && name(span.to) >= last,
            _ => false,
        }
    }

    /// The segments of the path that a span crosses. Policy is met by whoever reaches the pods.
    pub fn crossed(&self, span: Span) -> Vec<SegmentName> {
        let (from, to) = (name(span.from), name(span.to));
        self.segments
            .iter()
            .map(|(s, _)| *s)
            .filter(|s| match s {
                SegmentName::Policy => to >= SegmentName::Port,
                s => (from..=to).contains(s),
            })
            .collect()
    }

    /// Does a failing dial over this span cross a segment with which the snapshot finds fault?
    pub fn explains(&self, span: Span) -> bool {
        self.crossed(span).iter().any(|segment| self.faults.contains(segment))
    }
}

/// The report's word for a segment of a plan.
pub(super) const fn name(segment: Segment) -> SegmentName {
    match segment {
        Segment::Address => SegmentName::Address,
        Segment::Controller => SegmentName::Controller,
        Segment::Listener => SegmentName::Listener,
        Segment::Rule => SegmentName::Rule,
        Segment::Reference => SegmentName::Reference,
        Segment::Service => SegmentName::Service,
        Segment::Endpoints => SegmentName::Endpoints,
        Segment::Port => SegmentName::Port,
        Segment::Policy => SegmentName::Policy,
        Segment::Tls => SegmentName::Tls,
    }
}
