//! Objects and the ways between them as a picture: of one subject, and of the whole report.
//!
//! A [`Graph`] says what is drawn. It is placed twice by one engine: in columns from the client to the pods, and
//! stacked, one box below the other, for narrow windows. A name that is too long loses its middle; what is wrong is
//! never cut, it takes more lines. Colour is never the only sign: every box and line that is not simply open carries a
//! mark.

mod room;
mod shape;
mod stacked;
mod tree;
mod wide;

use serde::Serialize;

use super::subject::Anchors;
use crate::render::hops::Step;
use crate::report::{PathState, Subject};
pub(super) use shape::{Drawing, Tags};

/// Branches drawn; every path is in the list below the picture.
const BRANCHES: usize = 12;
/// Widths of the columns of a subject's picture: the client, then one object after the other.
const COLUMNS: [u32; 6] = [54, 176, 176, 176, 206, 206];
const GAP: u32 = 104;
/// The stacked form fits a window of 360 pixels.
const NARROW: u32 = 300;

/// What is drawn: worst first.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
}

/// An object.
#[derive(Default)]
pub(super) struct Node {
    /// From left to right; lines lead from lower to higher ones.
    pub(super) column: usize,
    /// Names the style: the state of the object, or `client`, `idle`, `resting`, `fold`.
    pub(super) look: &'static str,
    pub(super) mark: &'static str,
    pub(super) culprit: bool,
    pub(super) dormant: bool,
    pub(super) kind: String,
    pub(super) name: String,
    /// Worth a line, and shortened where it has no room.
    pub(super) detail: String,
    /// What is wrong: never shortened.
    pub(super) fault: String,
    /// The full text, for the pointer that rests on it.
    pub(super) title: String,
    /// The anchor it leads to.
    pub(super) href: Option<String>,
    pub(super) tags: Option<Tags>,
}

/// A line from one object to the next.
#[derive(Default)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Names the style.
    pub(super) step: &'static str,
    pub(super) mark: &'static str,
    pub(super) dormant: bool,
    /// Above the line, near its end: what is asked last, a path or a port.
    pub(super) above: String,
    /// Below it: the host.
    pub(super) below: String,
    pub(super) title: String,
}

impl Graph {
    /// The lines that leave each node, in order; none that would lead back.
    fn outgoing(&self) -> Vec<Vec<usize>> {
        let mut out = vec![Vec::new(); self.nodes.len()];
        let column = |node: usize| self.nodes.get(node).map(|node| node.column);
        for (number, edge) in self.edges.iter().enumerate() {
            if column(edge.from) < column(edge.to)
                && let Some(list) = out.get_mut(edge.from)
            {
                list.push(number);
            }
        }
        out
    }

    /// The nodes that no line leads to.
    fn roots(&self) -> Vec<usize> {
        let reached: std::collections::HashSet<usize> = self.edges.iter().map(|edge| edge.to).collect();
        (0..self.nodes.len()).filter(|node| !reached.contains(node)).collect()
    }
}

/// A graph, placed for wide and for narrow windows.
#[derive(Serialize)]
pub(super) struct Picture {
    wide: Drawing,
    stacked: Drawing,
    /// Paths that are not drawn.
    more: Option<String>,
}

/// Places a graph; `columns` are the widths for the wide form.
pub(super) fn picture(graph: &Graph, columns: &[u32], gap: u32, not_drawn: usize) -> Picture {
    Picture {
        wide: wide::place(graph, columns, gap),
        stacked: stacked::place(graph, NARROW),
        more: (not_drawn > 0).then(|| crate::render::words::number(not_drawn)),
    }
}

/// One entry of the legend.
#[derive(Serialize)]
pub(super) struct LegendLine {
    step: &'static str,
    mark: &'static str,
    word: &'static str,
}

/// What the lines mean.
pub(super) fn legend() -> Vec<LegendLine> {
    [
        Step::Verified,
        Step::Answered,
        Step::ConfigOpen,
        Step::Narrowed,
        Step::Unknown,
        Step::Blocked,
        Step::Beyond,
        Step::Resting,
    ]
    .into_iter()
    .map(|step| LegendLine { step: style(step), mark: line_mark(step), word: step.word() })
    .collect()
}

/// The picture of a subject; none if it has no path. `anchors` leads from finding ids to their rows.
pub(super) fn draw(subject: &Subject, anchors: &Anchors<'_>) -> Option<Picture> {
    let mut drawn: Vec<usize> = (0..subject.paths.len()).collect();
    drawn.sort_by_key(|&i| subject.paths.get(i).map(|path| (path.dormant, path.config)));
    drawn.truncate(BRANCHES);
    drawn.sort_unstable();
    let tree = tree::Tree::of(drawn.iter().filter_map(|&i| subject.paths.get(i)));
    if tree.nodes.is_empty() {
        return None;
    }
    let graph = tree.graph(subject, anchors);
    Some(picture(&graph, &COLUMNS, GAP, subject.paths.len() - drawn.len()))
}

pub(super) const fn style(step: Step) -> &'static str {
    match step {
        Step::Verified => "verified",
        Step::Answered => "answered",
        Step::ConfigOpen => "config",
        Step::Narrowed => "narrowed",
        Step::Unknown => "unknown",
        Step::Blocked => "blocked",
        Step::Beyond => "beyond",
        Step::Resting => "resting",
    }
}

pub(super) const fn line_mark(step: Step) -> &'static str {
    match step {
        Step::Verified => "✓",
        Step::Answered => "•",
        Step::Narrowed => "~",
        Step::Unknown => "?",
        Step::Blocked => "✗",
        Step::Resting => "○",
        Step::ConfigOpen | Step::Beyond => "",
    }
}

pub(super) const fn box_mark(state: PathState) -> &'static str {
    match state {
        PathState::Blocked => "✗",
        PathState::Unknown => "?",
        PathState::Narrowed => "~",
        PathState::Open => "",
    }
}
