//! Places in YAML: block and flow style, anchors, merges, lists.

use super::{Part, PathStep, Spot, Text};
use crate::content::TextFormat;
use crate::object::shift;
use crate::yaml::tree::{Bounds, Kind, NodeId, Tree};
use crate::yaml::{Slice, engine};

pub(super) fn places(text: &Text<'_>, paths: &[&[PathStep]], part: Part) -> Vec<Option<Spot>> {
    let none = || paths.iter().map(|_| None).collect();
    let Ok(Some(tree)) = engine::parse(text.bytes, Bounds::default()) else {
        return none();
    };
    let slice = if text.format == TextFormat::YamlItem { Slice::Item } else { Slice::Document };
    let Some(root) = engine::root(&tree, slice).and_then(|root| item(&tree, root, text.item)) else {
        return none();
    };
    paths.iter().map(|path| walk(&tree, root, path, part).map(|(at, steps)| (shift(text.line, at), steps))).collect()
}

/// The object, where the slice is the list that it stands in.
fn item(tree: &Tree<'_>, root: NodeId, item: Option<u32>) -> Option<NodeId> {
    let Some(item) = item else { return Some(root) };
    let list = if tree.is_sequence(root) { root } else { tree.get(root, "items")?.1 };
    tree.children(tree.follow(list)).nth(item as usize)
}

fn walk(tree: &Tree<'_>, root: NodeId, path: &[PathStep], part: Part) -> Option<Spot> {
    let mut node = root;
    let mut best = tree.node(root)?.at;
    let mut steps = 0;
    let last = path.len().checked_sub(1);
    for (n, step) in path.iter().enumerate() {
        match step {
            PathStep::Key(key) => {
                let Some((k, v)) = tree.get(node, key) else {
                    break;
                };
                let key_at = tree.node(k)?.at;
                // An ancestor is shown by its key: its first child would look like the culprit.
                best = if last == Some(n) && part == Part::Value && !is_absent(tree, v) {
                    tree.node(v)?.at
                } else {
                    key_at
                };
                node = v;
            }
            PathStep::Index(index) => {
                let sequence = tree.follow(node);
                if !tree.is_sequence(sequence) {
                    break;
                }
                let Some(child) = tree.children(sequence).nth(*index) else {
                    break;
                };
                best = tree.node(child)?.at;
                node = child;
            }
        }
        steps = n + 1;
    }
    Some((best, steps))
}

/// `key:` with nothing after it has no place of its own.
fn is_absent(tree: &Tree<'_>, node: NodeId) -> bool {
    matches!(tree.node(node).map(|n| &n.kind), Some(Kind::Scalar { text, plain: true, .. }) if text.is_empty())
}
