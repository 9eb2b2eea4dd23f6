//! In columns from left to right. A line that passes a column keeps a place of its own there, so that it crosses no
//! box. Within its column every box stands as near to its neighbours' height as its order and size allow.

use super::room::shorten;
use super::shape::{Drawing, Line, Shape, shape};
use super::{Edge, Graph};

const MARGIN: i64 = 8;
/// Between boxes of one column.
const SPACE: i64 = 12;
/// The place of a line that passes.
const THIN: i64 = 4;
/// How far a line bends after it left its box.
const BEND: u32 = 28;
/// From the end of a line to its mark and to its text.
const TO_MARK: u32 = 13;
const LABEL: u32 = 110;

/// A place in a column.
struct Slot {
    column: usize,
    height: i64,
    centre: i64,
    before: Vec<usize>,
    after: Vec<usize>,
}

struct Layout<'g> {
    graph: &'g Graph,
    outgoing: Vec<Vec<usize>>,
    shapes: Vec<Option<Shape>>,
    slots: Vec<Slot>,
    columns: Vec<Vec<usize>>,
    /// The slot of each node.
    places: Vec<Option<usize>>,
    /// Per line the slots that it passes, first and last those of its ends.
    ways: Vec<(usize, Vec<usize>)>,
}

/// Places the graph in columns of these widths; the last width stands for all that follow.
pub(super) fn place(graph: &Graph, widths: &[u32], gap: u32) -> Drawing {
    let width = |column: usize| widths.get(column).or(widths.last()).copied().unwrap_or(0);
    let shapes: Vec<Option<Shape>> =
        (0..).zip(&graph.nodes).map(|(i, node)| Some(shape(i, node, width(node.column), ""))).collect();
    let count = graph.nodes.iter().map(|node| node.column + 1).max().unwrap_or(0);
    let mut layout = Layout {
        graph,
        outgoing: graph.outgoing(),
        places: vec![None; graph.nodes.len()],
        shapes,
        slots: Vec::new(),
        columns: vec![Vec::new(); count],
        ways: Vec::new(),
    };
    for root in graph.roots() {
        layout.visit(root);
    }
    layout.settle();
    let mut lefts = Vec::with_capacity(count);
    let mut x = 8;
    for column in 0..count {
        lefts.push(x);
        x += width(column) + gap;
    }
    let left = |column: usize| lefts.get(column).copied().unwrap_or(0);
    layout.drawing((x + 8).saturating_sub(gap), gap, left, width)
}

impl Layout<'_> {
    /// The node and all it leads to, in the order of a walk down. It is as deep as there are columns.
    fn visit(&mut self, node: usize) -> usize {
        if let Some(place) = self.places.get(node).copied().flatten() {
            return place;
        }
        let column = self.graph.nodes.get(node).map_or(0, |node| node.column);
        let height = self.shapes.get(node).and_then(Option::as_ref).map_or(0, |shape| i64::from(shape.height));
        let own = self.add(column, height);
        if let Some(place) = self.places.get_mut(node) {
            *place = Some(own);
        }
        for number in self.outgoing.get(node).cloned().unwrap_or_default() {
            let Some(to) = self.graph.edges.get(number).map(|edge| edge.to) else { continue };
            let end = self.graph.nodes.get(to).map_or(0, |node| node.column);
            let mut way = vec![own];
            for column in column + 1..end {
                way.push(self.add(column, THIN));
            }
            way.push(self.visit(to));
            for pair in way.windows(2) {
                if let [from, to] = *pair {
                    self.join(from, to);
                }
            }
            self.ways.push((number, way));
        }
        own
    }

    fn add(&mut self, column: usize, height: i64) -> usize {
        let number = self.slots.len();
        self.slots.push(Slot { column, height, centre: 0, before: Vec::new(), after: Vec::new() });
        if let Some(column) = self.columns.get_mut(column) {
            column.push(number);
        }
        number
    }

    fn join(&mut self, from: usize, to: usize) {
        if let Some(slot) = self.slots.get_mut(from) {
            slot.after.push(to);
        }
        if let Some(slot) = self.slots.get_mut(to) {
            slot.before.push(from);
        }
    }

    fn centre(&self, slot: usize) -> i64 {
        self.slots.get(slot).map_or(0, |slot| slot.centre)
    }

    /// First as close as can be, then back and forth towards the neighbours.
    fn settle(&mut self) {
        for column in 0..self.columns.len() {
            self.arrange(column, |_, own| own.centre);
        }
        for _ in 0..6 {
            for column in 1..self.columns.len() {
                self.arrange(column, |layout, own| layout.mean(&own.before, own.centre));
            }
            for column in (0..self.columns.len()).rev() {
                self.arrange(column, |layout, own| layout.mean(&own.after, own.centre));
            }
        }
        self.close_up();
        let top = self.slots.iter().map(|slot| slot.centre - slot.height / 2).min().unwrap_or(0);
        for slot in &mut self.slots {
            slot.centre += MARGIN - top;
        }
    }

    /// Moves what hangs together up to what stands above it.
    fn close_up(&mut self) {
        let mut above: Vec<Option<usize>> = vec![None; self.slots.len()];
        for column in &self.columns {
            for pair in column.windows(2) {
                if let [upper, lower] = *pair
                    && let Some(place) = above.get_mut(lower)
                {
                    *place = Some(upper);
                }
            }
        }
        let floor = self.slots.iter().map(|slot| slot.centre - slot.height / 2).min().unwrap_or(0);
        let parts = self.parts();
        for part in 0..parts.iter().map(|part| part + 1).max().unwrap_or(0) {
            let own = || self.slots.iter().enumerate().filter(|(slot, _)| parts.get(*slot) == Some(&part));
            let room = own().filter_map(|(slot, own)| {
                let top = own.centre - own.height / 2;
                match above.get(slot).copied().flatten() {
                    Some(upper) if parts.get(upper) == Some(&part) => None,
                    Some(upper) => self.slots.get(upper).map(|s| top - (s.centre - s.height / 2 + s.height) - SPACE),
                    None => Some(top - floor),
                }
            });
            let room = room.min().unwrap_or(0).max(0);
            for (slot, own) in self.slots.iter_mut().enumerate() {
                if parts.get(slot) == Some(&part) {
                    own.centre -= room;
                }
            }
        }
    }

    /// For each slot the number of what hangs together with it, in the order in which it is drawn.
    fn parts(&self) -> Vec<usize> {
        let mut parts: Vec<Option<usize>> = vec![None; self.slots.len()];
        let mut next = 0;
        for start in 0..self.slots.len() {
            let mut open = vec![start];
            let mut grown = false;
            while let Some(slot) = open.pop() {
                let (Some(place), Some(own)) = (parts.get_mut(slot), self.slots.get(slot)) else { continue };
                if place.is_none() {
                    *place = Some(next);
                    grown = true;
                    open.extend(own.before.iter().chain(&own.after));
                }
            }
            next += usize::from(grown);
        }
        parts.into_iter().flatten().collect()
    }

    fn mean(&self, of: &[usize], otherwise: i64) -> i64 {
        match i64::try_from(of.len()) {
            Ok(count) if count > 0 => of.iter().map(|&slot| self.centre(slot)).sum::<i64>() / count,
            _ => otherwise,
        }
    }

    /// Puts the slots of a column as near to where they want to be as their order and heights allow.
    fn arrange(&mut self, column: usize, wish: impl Fn(&Self, &Slot) -> i64) {
        let Some(members) = self.columns.get(column).cloned() else { return };
        let mut offset = 0;
        let mut last = 0;
        let mut wanted = Vec::with_capacity(members.len());
        for (i, &member) in members.iter().enumerate() {
            let Some(slot) = self.slots.get(member) else { continue };
            let half = slot.height / 2;
            offset += if i == 0 { half } else { last + SPACE + half };
            last = slot.height - half;
            wanted.push((wish(self, slot), offset));
        }
        for ((member, centre), (_, offset)) in members.iter().zip(in_order(&wanted)).zip(&wanted) {
            if let Some(slot) = self.slots.get_mut(*member) {
                slot.centre = centre + offset;
            }
        }
    }

    fn drawing(mut self, width: u32, gap: u32, left: impl Fn(usize) -> u32, wide: impl Fn(usize) -> u32) -> Drawing {
        let height = self.slots.iter().map(|slot| slot.centre + slot.height / 2).max().unwrap_or(0) + MARGIN;
        let mut lines = Vec::with_capacity(self.ways.len());
        for (number, way) in &self.ways {
            if let Some(edge) = self.graph.edges.get(*number) {
                lines.push(self.line(edge, way, gap, &left, &wide));
            }
        }
        let mut boxes = Vec::with_capacity(self.shapes.len());
        for (node, place) in self.places.iter().enumerate() {
            let Some(slot) = place.and_then(|place| self.slots.get(place)) else { continue };
            let Some(shape) = self.shapes.get_mut(node).and_then(Option::take) else { continue };
            boxes.push(shape.at(left(slot.column), whole(slot.centre - slot.height / 2)));
        }
        Drawing { width, height: whole(height), boxes, lines }
    }

    fn line(
        &self,
        edge: &Edge,
        way: &[usize],
        gap: u32,
        left: &impl Fn(usize) -> u32,
        wide: &impl Fn(usize) -> u32,
    ) -> Line {
        let mut path = String::new();
        let (mut end_x, mut end_y) = (0, 0);
        for pair in way.windows(2) {
            let &[from, to] = pair else { continue };
            let (Some(from), Some(to)) = (self.slots.get(from), self.slots.get(to)) else { continue };
            let (x, y) = (left(from.column) + wide(from.column), whole(from.centre));
            (end_x, end_y) = (left(to.column), whole(to.centre));
            path.push_str(&if path.is_empty() { format!("M{x} {y}") } else { format!("H{x}") });
            if y != end_y {
                let bend = x + BEND.min(gap);
                let middle = x + BEND.min(gap) / 2;
                path.push_str(&format!("C{middle} {y} {middle} {end_y} {bend} {end_y}"));
            }
            path.push_str(&format!("H{end_x}"));
        }
        let clear = if edge.mark.is_empty() { 7 } else { TO_MARK + 12 };
        let room = gap.saturating_sub(clear + BEND / 2);
        Line {
            from: edge.from,
            to: edge.to,
            path,
            step: edge.step,
            dormant: edge.dormant,
            mark: edge.mark,
            mark_x: end_x.saturating_sub(TO_MARK),
            mark_y: end_y,
            above: shorten(&edge.above, room, LABEL),
            below: shorten(&edge.below, room, LABEL),
            text_x: end_x.saturating_sub(clear),
            title: edge.title.clone(),
        }
    }
}

fn whole(length: i64) -> u32 {
    u32::try_from(length).unwrap_or(0)
}

/// For wishes and offsets the places less their offsets, none before the one above it and together as near to the
/// wishes as can be (isotonic regression: neighbours that would pass each other share the mean of their wishes).
fn in_order(wanted: &[(i64, i64)]) -> Vec<i64> {
    let mut blocks: Vec<(i64, i64)> = Vec::with_capacity(wanted.len());
    for &(wish, offset) in wanted {
        let (mut sum, mut count) = (wish - offset, 1);
        while let Some(&(above, members)) = blocks.last()
            && above * count >= sum * members
        {
            blocks.pop();
            sum += above;
            count += members;
        }
        blocks.push((sum, count));
    }
    let places = blocks.into_iter().flat_map(|(sum, count)| (0..count).map(move |_| sum.div_euclid(count)));
    places.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_passes_what_stands_above_it(wanted in proptest::collection::vec((-500_i64..500, 0_i64..500), 0..40)) {
            let places = in_order(&wanted);
            prop_assert_eq!(places.len(), wanted.len());
            prop_assert!(places.is_sorted());
        }

        #[test]
        fn what_is_in_order_stays_where_it_wants_to_be(mut wishes in proptest::collection::vec(-500_i64..500, 0..40)) {
            wishes.sort_unstable();
            let wanted: Vec<(i64, i64)> = wishes.iter().map(|&wish| (wish, 0)).collect();
            prop_assert_eq!(in_order(&wanted), wishes);
        }
    }
}
