//! One way traffic is declared to reach a backend port.

use std::sync::Arc;

use kubereach_reports::report::{Backend, ObjectRef, PathState, SegmentName, UncheckedItem};
use sha2::{Digest as _, Sha256};

use super::{Assumption, Finding, Segment, fold};

/// The facts a path's id is built from, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathKey {
    /// The object traffic enters by.
    pub entry: ObjectRef,
    /// Which door of it: a listener name, `cluster-ip`, `node-port`, `load-balancer`.
    pub listener: Option<String>,
    /// Host asked for; `None` for any.
    pub host: Option<String>,
    /// Path or match in the entry's own words.
    pub matches: Option<String>,
    /// Where it leads.
    pub backend: Option<Backend>,
}

impl PathKey {
    /// Sixteen hex digits, the same for the same facts in every report.
    pub fn id(&self) -> String {
        let backend = self.backend.as_ref().map(|b| {
            let port = b.port.as_ref().map_or_else(String::new, ToString::to_string);
            format!("{}\u{1}{}\u{1}{}\u{1}{port}", b.kind, b.namespace, b.name)
        });
        let mut hash = Sha256::new();
        let parts =
            [Some(self.entry.to_string()), self.listener.clone(), self.host.clone(), self.matches.clone(), backend];
        // Only objects of other projects have one, so that all others keep their ids.
        if let Some(group) = &self.entry.group {
            hash.update(group.as_bytes());
        }
        for part in parts {
            // A missing part and an empty one are different facts.
            hash.update(part.map_or_else(|| "\u{2}".to_owned(), |p| p + "\u{0}").as_bytes());
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Why a path carries nothing on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dormant {
    /// The workload behind it is scaled to zero; the text names it.
    ScaledToZero(String),
    /// Weight 0 beside a carrying sibling, an unused preview, …
    NoTraffic(String),
}

impl Dormant {
    /// In words.
    pub fn reason(&self) -> &str {
        match self {
            Self::ScaledToZero(reason) | Self::NoTraffic(reason) => reason,
        }
    }
}

/// A path with its evaluated segments.
#[derive(Debug, Clone)]
pub struct Path {
    /// What it is.
    pub key: PathKey,
    /// In the order traffic crosses them.
    pub segments: Vec<Arc<Segment>>,
    /// Carries nothing on purpose.
    pub dormant: Option<Dormant>,
}

impl Path {
    /// The fold of its segments.
    pub fn state(&self) -> PathState {
        fold(self.segments.iter().map(AsRef::as_ref))
    }

    /// What it is open on: none where it is blocked, since a wall is a wall whatever else was not read.
    pub fn assumptions(&self) -> impl Iterator<Item = &Arc<Assumption>> {
        let open = self.state() != PathState::Blocked;
        let counted = self.segments.iter().filter(move |segment| open && segment.is_counted());
        counted.flat_map(|segment| segment.assumptions())
    }

    /// One of its segments.
    pub fn segment(&self, segment: SegmentName) -> Option<&Segment> {
        self.segments.iter().find(|s| s.name == segment).map(AsRef::as_ref)
    }
}

impl SubjectPaths {
    /// What its verdict rests on beside what was read: the assumptions of the paths that count, each once, in the
    /// order of their ids and namespaces.
    pub fn assumptions(&self) -> Vec<&Arc<Assumption>> {
        let all_dormant = self.paths.iter().all(|path| path.dormant.is_some());
        let counted = self.paths.iter().filter(|path| all_dormant || path.dormant.is_none());
        let mut all: Vec<_> = counted.flat_map(Path::assumptions).collect();
        all.sort_by(|a, b| a.place().cmp(&b.place()));
        all.dedup();
        all
    }
}

/// An entry in front of a Service: an Ingress or route whose path leads to it.
#[derive(Debug, Clone)]
pub struct EntryPoint {
    /// The Ingress or route.
    pub object: ObjectRef,
    /// The path's state before it reaches the Service (the fold of the entry's own segments).
    pub state: PathState,
    /// Findings on the entry's own segments that block, cloud or narrow.
    pub problems: Vec<Arc<Finding>>,
}

/// A subject with its paths, before it is judged.
#[derive(Debug, Clone)]
pub struct SubjectPaths {
    /// What the verdict is about.
    pub object: ObjectRef,
    /// Index of its origin, for positions.
    pub origin: u32,
    /// Every declared path.
    pub paths: Vec<Path>,
    /// Findings about the subject that belong to no path.
    pub notes: Vec<Arc<Finding>>,
    /// For a Service: who leads here.
    pub entries: Vec<EntryPoint>,
    /// What was not checked, and why.
    pub not_checked: Vec<UncheckedItem>,
}
