//! Paths folded into a tree: what begins alike is drawn once.

use crate::render::hops::{Hop, Place, Step, hops};
use crate::report::{Path, PathState};

/// Nodes in the order they were first met; a parent always stands before its children.
pub(super) struct Tree<'a> {
    pub(super) nodes: Vec<Node<'a>>,
}

pub(super) struct Node<'a> {
    pub(super) parent: Option<usize>,
    pub(super) depth: u32,
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

    fn add(&mut self, parent: Option<usize>, depth: u32, hop: Hop<'a>, dormant: bool) -> usize {
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

    pub(super) fn blocked(&self) -> bool {
        self.hop.step == Step::Blocked || (self.hop.state == PathState::Blocked && !self.dormant)
    }
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
