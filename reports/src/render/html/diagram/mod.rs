//! The paths of a subject as a picture: boxes show how each object fares, lines show whether
//! traffic passes. Paths that begin alike share their first boxes and branch where they part.
//!
//! Colour is never the only sign: every box and line that is not simply open carries a mark.

mod layout;
mod tree;

use serde::Serialize;

use super::subject::Anchors;
use crate::render::hops::Step;
use crate::report::{PathState, Subject};

/// Branches drawn; every path is in the list below the picture.
const BRANCHES: usize = 12;

/// A picture with everything placed; lengths are SVG user units, about a pixel.
#[derive(Serialize)]
pub(super) struct Diagram {
    width: u32,
    height: u32,
    boxes: Vec<Shape>,
    lines: Vec<Line>,
    /// Paths that are not drawn.
    more: Option<String>,
}

/// A box.
#[derive(Serialize)]
struct Shape {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    /// Names the style.
    state: &'static str,
    mark: &'static str,
    culprit: bool,
    dormant: bool,
    kind: String,
    name: String,
    note: String,
    /// The full text, for the pointer that rests on it.
    title: String,
    /// Anchor of the finding it leads to.
    href: Option<String>,
}

/// A line from one box to the next.
#[derive(Serialize)]
struct Line {
    path: String,
    step: &'static str,
    dormant: bool,
    mark: &'static str,
    mark_x: u32,
    mark_y: u32,
    /// Above the line, near its end: what is asked last, a path or a port.
    above: String,
    /// Below it: the host.
    below: String,
    text_x: u32,
    title: String,
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
pub(super) fn draw(subject: &Subject, anchors: &Anchors<'_>) -> Option<Diagram> {
    let mut drawn: Vec<usize> = (0..subject.paths.len()).collect();
    drawn.sort_by_key(|&i| subject.paths.get(i).map(|path| (path.dormant, path.config)));
    drawn.truncate(BRANCHES);
    drawn.sort_unstable();
    let tree = tree::Tree::of(drawn.iter().filter_map(|&i| subject.paths.get(i)));
    if tree.nodes.is_empty() {
        return None;
    }
    Some(layout::place(subject, &tree, anchors, subject.paths.len() - drawn.len()))
}

const fn style(step: Step) -> &'static str {
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

const fn line_mark(step: Step) -> &'static str {
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

const fn box_mark(state: PathState) -> &'static str {
    match state {
        PathState::Blocked => "✗",
        PathState::Unknown => "?",
        PathState::Narrowed => "~",
        PathState::Open => "",
    }
}
