//! Where boxes and lines go: one column per depth, one row per leaf, parents centred on their
//! children. The first column is the client.

use super::super::subject::Anchors;
use super::tree::{Node, Tree};
use super::{Diagram, Line, Shape, box_mark, line_mark, style};
use crate::render::hops::Step;
use crate::render::neutral::neutral;
use crate::render::words::{number, state};
use crate::report::{PathState, Subject};

const BOX_WIDTH: u32 = 164;
const BOX_HEIGHT: u32 = 56;
const CLIENT_WIDTH: u32 = 54;
const CLIENT_HEIGHT: u32 = 32;
const GAP: u32 = 112;
const PITCH: u32 = 72;
const MARGIN: u32 = 10;
/// Characters that fit a box and a gap at their type sizes.
const BOX_CHARS: usize = 20;
const NOTE_CHARS: usize = 25;
const GAP_CHARS: usize = 12;

pub(super) fn place(subject: &Subject, tree: &Tree<'_>, anchors: &Anchors<'_>, not_drawn: usize) -> Diagram {
    let centres = centres(tree);
    let rows = u32::try_from(
        tree.nodes.len() - tree.nodes.iter().filter_map(|n| n.parent).collect::<std::collections::HashSet<_>>().len(),
    )
    .unwrap_or(1);
    let depth = tree.nodes.iter().map(|node| node.depth).max().unwrap_or(0);
    let mut diagram = Diagram {
        width: left(depth) + BOX_WIDTH + MARGIN,
        height: 2 * MARGIN + rows * PITCH - (PITCH - BOX_HEIGHT),
        boxes: Vec::with_capacity(tree.nodes.len() + 1),
        lines: Vec::with_capacity(tree.nodes.len()),
        more: (not_drawn > 0).then(|| number(not_drawn)),
    };
    let roots: Vec<u32> =
        tree.nodes.iter().zip(&centres).filter(|(node, _)| node.parent.is_none()).map(|(_, &centre)| centre).collect();
    let client = middle(&roots);
    diagram.boxes.push(client_box(client));
    for (node, &y) in tree.nodes.iter().zip(&centres) {
        let (from_x, from_y) = match node.parent {
            Some(parent) => (left(node.depth - 1) + BOX_WIDTH, centres.get(parent).copied().unwrap_or(y)),
            None => (MARGIN + CLIENT_WIDTH, client),
        };
        diagram.lines.push(line(node, from_x, from_y, left(node.depth), y));
        diagram.boxes.push(shape(subject, node, left(node.depth), y, anchors));
    }
    diagram
}

fn left(depth: u32) -> u32 {
    MARGIN + CLIENT_WIDTH + GAP + depth * (BOX_WIDTH + GAP)
}

fn middle(of: &[u32]) -> u32 {
    let first = of.iter().copied().min().unwrap_or(0);
    let last = of.iter().copied().max().unwrap_or(0);
    u32::midpoint(first, last)
}

/// The vertical centre of every node: leaves one below the other, in the order of a walk down.
fn centres(tree: &Tree<'_>) -> Vec<u32> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); tree.nodes.len()];
    let mut roots = Vec::new();
    for (i, node) in tree.nodes.iter().enumerate() {
        match node.parent.and_then(|parent| children.get_mut(parent)) {
            Some(siblings) => siblings.push(i),
            None => roots.push(i),
        }
    }
    let mut centres = vec![0; tree.nodes.len()];
    let mut next = MARGIN + BOX_HEIGHT / 2;
    for root in roots {
        settle(root, &children, &mut centres, &mut next);
    }
    centres
}

/// Depth is at most the five stations of a path, so the recursion is too.
fn settle(node: usize, children: &[Vec<usize>], centres: &mut [u32], next: &mut u32) -> u32 {
    let own: &[usize] = children.get(node).map_or(&[], Vec::as_slice);
    let centre = if own.is_empty() {
        let here = *next;
        *next += PITCH;
        here
    } else {
        let below: Vec<u32> = own.iter().map(|&child| settle(child, children, centres, next)).collect();
        middle(&below)
    };
    if let Some(slot) = centres.get_mut(node) {
        *slot = centre;
    }
    centre
}

fn client_box(centre: u32) -> Shape {
    Shape {
        x: MARGIN,
        y: centre - CLIENT_HEIGHT / 2,
        width: CLIENT_WIDTH,
        height: CLIENT_HEIGHT,
        state: "client",
        mark: "",
        culprit: false,
        dormant: false,
        kind: String::new(),
        name: "Client".to_owned(),
        note: String::new(),
        title: "Whoever sends a request".to_owned(),
        href: None,
    }
}

fn shape(subject: &Subject, node: &Node<'_>, x: u32, centre: u32, anchors: &Anchors<'_>) -> Shape {
    let hop = &node.hop;
    // Behind a break nothing is asked of an object, so "unknown" there says nothing about it.
    let idle = hop.step == Step::Beyond && hop.state == PathState::Unknown;
    let blamed = subject
        .broken_at
        .as_ref()
        .is_some_and(|at| hop.segments.iter().any(|s| s.segment == at.segment && s.state == PathState::Blocked));
    let culprit = !idle && node.blocked() && (blamed || hop.step == Step::Blocked);
    let href = hop
        .segments
        .iter()
        .filter(|segment| segment.state != PathState::Open)
        .flat_map(|segment| &segment.findings)
        .find_map(|id| anchors.get(id.as_str()).map(|anchor| anchor.href.clone()));
    let (kind, name) =
        if hop.name.is_empty() { (String::new(), hop.kind.clone()) } else { (hop.kind.clone(), hop.name.clone()) };
    let remark = hop.note.clone().unwrap_or_default();
    let told = if remark.is_empty() { String::new() } else { format!(": {remark}") };
    let (look, mark, word) = if idle {
        ("idle", "", "not reached")
    } else if node.dormant && hop.state == PathState::Blocked {
        ("resting", "○", "carries nothing, on purpose")
    } else if culprit && hop.state == PathState::Open {
        ("blocked", "✗", "real traffic failed here")
    } else {
        (state(hop.state), box_mark(hop.state), state(hop.state))
    };
    Shape {
        x,
        y: centre - BOX_HEIGHT / 2,
        width: BOX_WIDTH,
        height: BOX_HEIGHT,
        state: look,
        mark,
        culprit,
        dormant: node.dormant,
        kind: clip(&kind, BOX_CHARS),
        name: clip(&name, BOX_CHARS),
        title: format!("{} — {word}{told}", hop.title()),
        note: clip(&remark, NOTE_CHARS),
        href,
    }
}

fn line(node: &Node<'_>, from_x: u32, from_y: u32, to_x: u32, to_y: u32) -> Line {
    let hop = &node.hop;
    let path = if from_y == to_y {
        format!("M{from_x} {from_y}H{to_x}")
    } else {
        let bend = from_x + 10;
        let curve = bend + 12;
        format!(
            "M{from_x} {from_y}H{bend}Q{curve} {from_y} {curve} {}V{}Q{curve} {to_y} {} {to_y}H{to_x}",
            if to_y > from_y { from_y + 10 } else { from_y - 10 },
            if to_y > from_y { to_y - 10 } else { to_y + 10 },
            curve + 10
        )
    };
    let asks = hop.asks.join(" ");
    let (above, below) = match hop.asks.as_slice() {
        [] => ("", ""),
        [only] => (only.as_str(), ""),
        [host, .., last] => (last.as_str(), host.as_str()),
    };
    Line {
        path,
        step: style(hop.step),
        dormant: node.dormant,
        mark: line_mark(hop.step),
        mark_x: to_x - 13,
        mark_y: to_y,
        above: clip(above, GAP_CHARS),
        below: clip(below, GAP_CHARS),
        // The end of the text: clear of the mark, where there is one.
        text_x: if line_mark(hop.step).is_empty() { to_x - 7 } else { to_x - 25 },
        title: if asks.is_empty() { hop.step.word().to_owned() } else { format!("{asks}: {}", hop.step.word()) },
    }
}

/// At most so many characters, the middle left out: names differ at both ends.
fn clip(text: &str, room: usize) -> String {
    let text = neutral(text);
    let total = text.chars().count();
    if total <= room {
        return text.into_owned();
    }
    let keep = room.saturating_sub(1);
    let head: String = text.chars().take(keep - keep / 2).collect();
    let tail: String = text.chars().skip(total - keep / 2).collect();
    format!("{head}…{tail}")
}
