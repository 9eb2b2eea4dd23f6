//! Paths folded into a tree: what begins alike is drawn once.

use super::super::subject::Anchors;
use super::{Edge, Graph, Node as Drawn, box_mark, line_mark, style};
use crate::render::hops::{Hop, Place, Step, hops};
use crate::render::words::state;
use crate::report::{Path, PathState, Subject};

/// Nodes in the order they were first met; a parent always stands before its children.
pub(super) struct Tree<'a> {
    pub(super) nodes: Vec<Node<'a>>,
}

pub(super) struct Node<'a> {
    pub(super) parent: Option<usize>,
    pub(super) depth: usize,
    pub(super) hop: Hop<'a>,
    /// Every path through it carries nothing on purpose.
    pub(super) dormant: bool,
}

impl<'a> Tree<'a> {
    pub(super) fn of(paths: impl Iterator<Item = &'a Path>) -> Self {
        let mut tree = Self { nodes: Vec::new() };
        for path in paths {
            let mut parent = None;
            for (depth, hop) in (0..).zip(hops(path)) {
                parent = Some(tree.add(parent, depth, hop, path.dormant));
            }
        }
        tree
    }

    /// The same behind a client, as it is drawn.
    pub(super) fn graph(&self, subject: &Subject, anchors: &Anchors<'_>) -> Graph {
        let mut graph = Graph { nodes: vec![client()], edges: Vec::new() };
        for (to, node) in (1..).zip(&self.nodes) {
            graph.nodes.push(node.drawn(subject, anchors));
            graph.edges.push(node.edge(node.parent.map_or(0, |parent| parent + 1), to));
        }
        graph
    }

    fn add(&mut self, parent: Option<usize>, depth: usize, hop: Hop<'a>, dormant: bool) -> usize {
        let same = self.nodes.iter_mut().enumerate().find(|(_, node)| {
            node.parent == parent
                && node.hop.place == hop.place
                && node.hop.kind == hop.kind
                && node.hop.name == hop.name
                && node.hop.asks == hop.asks
                // The pods of two paths are one box only if the same is known of them.
                && (hop.place != Place::Pods || node.hop.note == hop.note)
        });
        if let Some((index, node)) = same {
            node.merge(hop, dormant);
            return index;
        }
        self.nodes.push(Node { parent, depth, hop, dormant });
        self.nodes.len() - 1
    }
}

impl<'a> Node<'a> {
    /// The box shows the worst that is known of its object; a line that real traffic passed has
    /// been passed, whatever an untested sibling says.
    fn merge(&mut self, other: Hop<'a>, dormant: bool) {
        let worse = other.state < self.hop.state;
        self.hop.step = merge_steps(self.hop.step, other.step);
        self.hop.state = self.hop.state.min(other.state);
        if worse || self.hop.note.is_none() {
            self.hop.note = other.note;
        }
        self.hop.segments.extend(other.segments);
        self.dormant &= dormant;
    }

    fn blocked(&self) -> bool {
        self.hop.step == Step::Blocked || (self.hop.state == PathState::Blocked && !self.dormant)
    }

    fn drawn(&self, subject: &Subject, anchors: &Anchors<'_>) -> Drawn {
        let hop = &self.hop;
        // Behind a break nothing is asked of an object, so "unknown" there says nothing about it.
        let idle = hop.step == Step::Beyond && hop.state == PathState::Unknown;
        let blamed = subject
            .broken_at
            .as_ref()
            .is_some_and(|at| hop.segments.iter().any(|s| s.segment == at.segment && s.state == PathState::Blocked));
        let culprit = !idle && self.blocked() && (blamed || hop.step == Step::Blocked);
        let href = hop
            .segments
            .iter()
            .filter(|segment| segment.state != PathState::Open)
            .flat_map(|segment| &segment.findings)
            .find_map(|id| anchors.get(id.as_str()).map(|anchor| anchor.href.clone()));
        let (kind, name) =
            if hop.name.is_empty() { (String::new(), hop.kind.clone()) } else { (hop.kind.clone(), hop.name.clone()) };
        let fault = hop.note.clone().unwrap_or_default();
        let told = if fault.is_empty() { String::new() } else { format!(": {fault}") };
        let (look, mark, word) = if idle {
            ("idle", "", "not reached")
        } else if self.dormant && hop.state == PathState::Blocked {
            ("resting", "○", "carries nothing, on purpose")
        } else if culprit && hop.state == PathState::Open {
            ("blocked", "✗", "real traffic failed here")
        } else {
            (state(hop.state), box_mark(hop.state), state(hop.state))
        };
        Drawn {
            column: self.depth + 1,
            look,
            mark,
            culprit,
            dormant: self.dormant,
            kind,
            name,
            fault,
            title: format!("{} — {word}{told}", hop.title()),
            href,
            ..Drawn::default()
        }
    }

    fn edge(&self, from: usize, to: usize) -> Edge {
        let hop = &self.hop;
        let asks = hop.asks.join(" ");
        let (above, below) = match hop.asks.as_slice() {
            [] => (String::new(), String::new()),
            [only] => (only.clone(), String::new()),
            [host, .., last] => (last.clone(), host.clone()),
        };
        Edge {
            from,
            to,
            step: style(hop.step),
            mark: line_mark(hop.step),
            dormant: self.dormant,
            above,
            below,
            title: if asks.is_empty() { hop.step.word().to_owned() } else { format!("{asks}: {}", hop.step.word()) },
        }
    }
}

fn client() -> Drawn {
    Drawn { look: "client", name: "Client".to_owned(), title: "Whoever sends a request".to_owned(), ..Drawn::default() }
}

fn merge_steps(a: Step, b: Step) -> Step {
    let passed = |step| matches!(step, Step::Verified);
    let untested =
        |step| matches!(step, Step::Verified | Step::Answered | Step::ConfigOpen | Step::Unknown | Step::Resting);
    match (a, b) {
        _ if (passed(a) && untested(b)) || (passed(b) && untested(a)) => Step::Verified,
        (Step::Resting | Step::Beyond, other) | (other, Step::Resting | Step::Beyond) => other,
        _ => a.max(b),
    }
}
