//! One box below the other, each indented below what leads to it: for windows that are narrower than the columns.
//! An object that several lead to stands below the first of them; the others say that it stands above.

use super::room::shorten;
use super::shape::{Drawing, Line, Shape, shape};
use super::{Edge, Graph, Node};

const MARGIN: u32 = 4;
const INDENT: u32 = 16;
const SPACE: u32 = 8;

struct Stack<'g> {
    graph: &'g Graph,
    outgoing: Vec<Vec<usize>>,
    width: u32,
    next: u32,
    drawn: Vec<bool>,
    boxes: Vec<Shape>,
    lines: Vec<Line>,
}

/// Stacks the graph within this width.
pub(super) fn place(graph: &Graph, width: u32) -> Drawing {
    let mut stack = Stack {
        graph,
        outgoing: graph.outgoing(),
        width,
        next: MARGIN,
        drawn: vec![false; graph.nodes.len()],
        boxes: Vec::with_capacity(graph.nodes.len()),
        lines: Vec::with_capacity(graph.edges.len()),
    };
    for root in graph.roots() {
        stack.visit(root, None, 0);
    }
    Drawing { width: width + 2 * MARGIN, height: stack.next, boxes: stack.boxes, lines: stack.lines }
}

impl Stack<'_> {
    /// The node and all below it; `from` is the line that leads here, and where it leaves its box.
    fn visit(&mut self, node: usize, from: Option<(&Edge, u32, u32)>, depth: u32) {
        let Some(object) = self.graph.nodes.get(node) else { return };
        let client = object.look == "client";
        let again = std::mem::replace(self.drawn.get_mut(node).unwrap_or(&mut false), true);
        let x = MARGIN + depth * INDENT;
        let width = self.width.saturating_sub(depth * INDENT);
        let asks = from.map_or(String::new(), |(edge, ..)| {
            [&edge.below, &edge.above]
                .into_iter()
                .filter(|part| !part.is_empty())
                .cloned()
                .collect::<Vec<_>>()
                .join(" ")
        });
        let mut below = (x, self.next);
        if !client {
            let drawn =
                if again { shape(node, &reference(object), width, &asks) } else { shape(node, object, width, &asks) };
            let drawn = drawn.at(x, self.next);
            below = (x, self.next + drawn.height);
            if let Some((edge, from_x, from_y)) = from {
                self.lines.push(line(edge, from_x, from_y, x, self.next + drawn.height / 2, asks));
            }
            self.next += drawn.height + SPACE;
            self.boxes.push(drawn);
        }
        if again {
            return;
        }
        let graph = self.graph;
        for number in self.outgoing.get(node).cloned().unwrap_or_default() {
            let Some(edge) = graph.edges.get(number) else { continue };
            let from = (!client).then_some((edge, below.0 + INDENT / 2, below.1));
            self.visit(edge.to, from, if client { depth } else { depth + 1 });
        }
    }
}

/// What stands in the place of an object that was drawn already.
fn reference(object: &Node) -> Node {
    Node {
        look: "again",
        name: format!("{} {}", object.kind, shorten(&object.name, 150, 130)).trim().to_owned(),
        detail: "drawn above".to_owned(),
        title: object.title.clone(),
        href: object.href.clone(),
        tags: object.tags.clone(),
        ..Node::default()
    }
}

fn line(edge: &Edge, from_x: u32, from_y: u32, to_x: u32, to_y: u32, asks: String) -> Line {
    Line {
        from: edge.from,
        to: edge.to,
        path: format!("M{from_x} {from_y}V{to_y}H{to_x}"),
        step: edge.step,
        dormant: edge.dormant,
        mark: "",
        mark_x: 0,
        mark_y: 0,
        above: String::new(),
        below: String::new(),
        text_x: 0,
        title: if edge.title.is_empty() { asks } else { edge.title.clone() },
    }
}
