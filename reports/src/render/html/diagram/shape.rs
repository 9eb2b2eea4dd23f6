//! A drawing: boxes with their lines of text, and lines between them. Lengths are SVG user units, about a pixel.

use serde::Serialize;

use super::Node;
use super::room::{shorten, wrap};
use crate::render::neutral::neutral;

/// A picture with everything placed.
#[derive(Serialize)]
pub(in super::super) struct Drawing {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) boxes: Vec<Shape>,
    pub(super) lines: Vec<Line>,
}

/// What filters ask of a box.
#[derive(Serialize, Clone, Default)]
pub(in super::super) struct Tags {
    pub(in super::super) verdict: &'static str,
    /// Each between spaces.
    pub(in super::super) namespaces: String,
    pub(in super::super) hosts: String,
    pub(in super::super) causes: String,
}

/// A box.
#[derive(Serialize)]
pub(super) struct Shape {
    pub(super) number: usize,
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) state: &'static str,
    pub(super) mark: &'static str,
    pub(super) culprit: bool,
    pub(super) dormant: bool,
    pub(super) texts: Vec<Text>,
    pub(super) title: String,
    pub(super) href: Option<String>,
    pub(super) tags: Option<Tags>,
}

/// A line of text of a box.
#[derive(Serialize)]
pub(super) struct Text {
    class: &'static str,
    size: &'static str,
    x: u32,
    y: u32,
    middle: bool,
    text: String,
}

/// A line between boxes.
#[derive(Serialize)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) path: String,
    pub(super) step: &'static str,
    pub(super) dormant: bool,
    pub(super) mark: &'static str,
    pub(super) mark_x: u32,
    pub(super) mark_y: u32,
    pub(super) above: String,
    pub(super) below: String,
    /// The end of what stands above and below.
    pub(super) text_x: u32,
    pub(super) title: String,
}

/// How a line of text looks: its size in tenths of a pixel and as written, and the room from one to the next.
struct Style {
    class: &'static str,
    tenths: u32,
    size: &'static str,
    line: u32,
}

const KIND: Style = Style { class: "kind", tenths: 105, size: "10.5", line: 14 };
const NAME: Style = Style { class: "name", tenths: 138, size: "12.5", line: 17 };
const DETAIL: Style = Style { class: "detail", tenths: 110, size: "11", line: 15 };
const FAULT: Style = Style { class: "note", tenths: 122, size: "11", line: 15 };
/// From the edge of a box to its text, and for the mark at its right.
const SIDE: u32 = 11;
const MARK: u32 = 18;
const TOP: u32 = 6;

/// The client is a small box with one word.
const CLIENT: u32 = 32;

/// A box of this width with its text, at the origin; `asks` is what is asked of a request on the way to it, where the
/// line has no room for it.
pub(super) fn shape(number: usize, node: &Node, width: u32, asks: &str) -> Shape {
    let room = width.saturating_sub(2 * SIDE);
    let mut texts = Vec::new();
    if node.look == "client" {
        let text = neutral(&node.name).into_owned();
        texts.push(Text { class: NAME.class, size: "12", x: width / 2, y: CLIENT / 2 + 4, middle: true, text });
        return blank(number, node, width, CLIENT, texts);
    }
    let mut y = TOP;
    let mut put = |style: &Style, text: String| {
        y += style.line;
        texts.push(Text { class: style.class, size: style.size, x: SIDE, y: y - 3, middle: false, text });
    };
    if !asks.is_empty() {
        put(&DETAIL, shorten(asks, room.saturating_sub(MARK), DETAIL.tenths));
    }
    let room_first = if node.mark.is_empty() { room } else { room.saturating_sub(MARK) };
    // Kind and detail share a line.
    if !node.kind.is_empty() {
        let line = if node.detail.is_empty() { node.kind.clone() } else { format!("{} · {}", node.kind, node.detail) };
        put(&KIND, shorten(&line, room_first, KIND.tenths));
    }
    let room_name = if node.kind.is_empty() { room_first } else { room };
    put(&NAME, shorten(&node.name, room_name, NAME.tenths));
    if !node.detail.is_empty() && node.kind.is_empty() {
        put(&DETAIL, shorten(&node.detail, room, DETAIL.tenths));
    }
    for line in wrap(&node.fault, room, FAULT.tenths) {
        put(&FAULT, line);
    }
    blank(number, node, width, y + TOP + 2, texts)
}

fn blank(number: usize, node: &Node, width: u32, height: u32, texts: Vec<Text>) -> Shape {
    Shape {
        number,
        x: 0,
        y: 0,
        width,
        height,
        state: node.look,
        mark: node.mark,
        culprit: node.culprit,
        dormant: node.dormant,
        texts,
        title: node.title.clone(),
        href: node.href.clone(),
        tags: node.tags.clone(),
    }
}

impl Shape {
    /// Moves it, with its text.
    pub(super) fn at(mut self, x: u32, y: u32) -> Self {
        self.x = x;
        self.y = y;
        for text in &mut self.texts {
            text.x += x;
            text.y += y;
        }
        self
    }
}
