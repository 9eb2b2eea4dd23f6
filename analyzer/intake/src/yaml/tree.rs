//! One YAML document as a flat tree: nodes in reading order, each knowing where it stands.
//!
//! A container's children follow it directly and `end` says where they stop, so there is one
//! allocation for a document, dropping it is not recursive, and an alias is a reference that costs
//! nothing until it is followed.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError};

use super::scalar::Tag;
use super::{Position, YamlError};

/// Index of a node in its tree.
pub type NodeId = usize;

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind<'s> {
    /// A scalar: its text, whether it was written without quotes, and its tag.
    Scalar {
        /// The text after unescaping.
        text: Cow<'s, str>,
        /// Written without quotes, so that its meaning depends on its text.
        plain: bool,
        /// The tag, where it matters.
        tag: Tag,
    },
    /// A sequence; children are its items.
    Sequence,
    /// A mapping; children alternate key, value.
    Mapping,
    /// A reference to an anchored node.
    Alias(NodeId),
}

/// One node and its place.
#[derive(Debug, Clone)]
pub struct Node<'s> {
    /// What it is.
    pub kind: Kind<'s>,
    /// Where it begins in the slice.
    pub at: Position,
    /// Byte offset in the slice.
    pub offset: usize,
    /// One past the last node of its subtree.
    pub end: NodeId,
    /// For a key: an equal key follows in the same mapping, and the later one counts.
    pub shadowed: bool,
}

/// A parsed document.
#[derive(Debug, Default)]
pub struct Tree<'s> {
    /// Nodes in reading order; the first is the root.
    pub nodes: Vec<Node<'s>>,
    /// Keys written twice in one mapping, where the earlier value is lost: key and place.
    pub duplicates: Vec<(String, Position)>,
    /// Whether any anchor is referred to.
    pub has_aliases: bool,
}

/// Limits while building.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Deepest nesting of sequences and mappings.
    pub depth: usize,
    /// Most nodes in one document.
    pub nodes: usize,
}

/// Deepest nesting unless a limit says otherwise; `serde_json` has the same.
pub const DEFAULT_DEPTH: usize = 128;

impl Default for Bounds {
    fn default() -> Self {
        Self { depth: DEFAULT_DEPTH, nodes: 50_000_000 }
    }
}

/// Parses the first document of `text`; `None` where there is none (only comments or nothing).
pub fn parse(text: &str, bounds: Bounds) -> Result<Option<Tree<'_>>, YamlError> {
    let mut options = granit_parser::Options::default();
    options.set_emit_comments(false);
    options.flow_nesting_limit = bounds.depth;
    options.block_nesting_limit = bounds.depth;
    options.block_scalar_eof_without_line_feed = true;
    // A line of text is a node or two; room for them is made at once.
    let nodes = Vec::with_capacity((text.len() / 20).min(64 << 10));
    let tree = Tree { nodes, ..Tree::default() };
    let mut builder = Builder { tree, open: Vec::new(), anchors: HashMap::new(), bounds };
    let mut begun = false;
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|error| scan_error(&error))?;
        match event {
            Event::DocumentStart(..) if begun => break,
            Event::DocumentStart(..) => begun = true,
            _ => {}
        }
        let at = Position {
            line: u32::try_from(span.start.line()).unwrap_or(u32::MAX),
            column: u32::try_from(span.start.col() + 1).unwrap_or(u32::MAX),
        };
        // The parser writes a value that is not there as `~`; only its width tells them apart.
        let event = match event {
            Event::Scalar(text, ScalarStyle::Plain, anchor, tag) if text == "~" && span.is_empty() => {
                Event::Scalar(Cow::Borrowed(""), ScalarStyle::Plain, anchor, tag)
            }
            event => event,
        };
        builder.event(event, at, span.start.byte_offset().unwrap_or_default())?;
    }
    let mut tree = builder.tree;
    // A document of nothing at all is one empty plain scalar.
    if let [Node { kind: Kind::Scalar { text, plain: true, tag: Tag::None }, .. }] = tree.nodes.as_slice()
        && text.is_empty()
    {
        return Ok(None);
    }
    if tree.nodes.is_empty() {
        return Ok(None);
    }
    shadow_duplicates(&mut tree);
    Ok(Some(tree))
}

fn scan_error(error: &ScanError) -> YamlError {
    let mark = error.marker();
    let kind = match error.kind() {
        granit_parser::ErrorKind::UnknownAnchor => super::ErrorKind::UnknownAnchor,
        _ => super::ErrorKind::Syntax,
    };
    YamlError {
        at: Some(Position {
            line: u32::try_from(mark.line()).unwrap_or(u32::MAX),
            column: u32::try_from(mark.col() + 1).unwrap_or(u32::MAX),
        }),
        path: String::new(),
        message: error.info(),
        kind,
    }
}

struct Builder<'s> {
    tree: Tree<'s>,
    open: Vec<NodeId>,
    anchors: HashMap<usize, NodeId>,
    bounds: Bounds,
}

impl<'s> Builder<'s> {
    fn event(&mut self, event: Event<'s>, at: Position, offset: usize) -> Result<(), YamlError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let tag = tag.as_deref().map_or(Tag::None, scalar_tag);
                self.push(Kind::Scalar { text, plain, tag }, at, offset, anchor)?;
            }
            Event::SequenceStart(_, anchor, _) => {
                let id = self.push(Kind::Sequence, at, offset, anchor)?;
                self.enter(id, at)?;
            }
            Event::MappingStart(_, anchor, _) => {
                let id = self.push(Kind::Mapping, at, offset, anchor)?;
                self.enter(id, at)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let end = self.tree.nodes.len();
                if let Some(node) = self.open.pop().and_then(|id| self.tree.nodes.get_mut(id)) {
                    node.end = end;
                }
            }
            Event::Alias(anchor) => {
                self.tree.has_aliases = true;
                let Some(&target) = self.anchors.get(&anchor) else {
                    return Err(YamlError::new(at, "an alias refers to an anchor that is not there"));
                };
                self.push(Kind::Alias(target), at, offset, 0)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn enter(&mut self, id: NodeId, at: Position) -> Result<(), YamlError> {
        self.open.push(id);
        if self.open.len() > self.bounds.depth {
            return Err(YamlError::limit(
                at,
                format!("nested deeper than {} levels (limit --max-depth)", self.bounds.depth),
            ));
        }
        Ok(())
    }

    fn push(&mut self, kind: Kind<'s>, at: Position, offset: usize, anchor: usize) -> Result<NodeId, YamlError> {
        let id = self.tree.nodes.len();
        if id >= self.bounds.nodes {
            return Err(YamlError::limit(at, format!("more than {} values in one document", self.bounds.nodes)));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
        self.tree.nodes.push(Node { kind, at, offset, end: id + 1, shadowed: false });
        Ok(id)
    }
}

fn scalar_tag(tag: &granit_parser::Tag) -> Tag {
    match tag.suffix_in_namespace("tag:yaml.org,2002:").as_deref() {
        Some("binary") => Tag::Binary,
        Some("int" | "float" | "bool" | "null") => Tag::Core,
        // A tag that kubectl does not know leaves the text as it is.
        _ => Tag::Str,
    }
}

impl<'s> Tree<'s> {
    /// The node, where the id is of this tree.
    pub fn node(&self, id: NodeId) -> Option<&Node<'s>> {
        self.nodes.get(id)
    }

    /// The direct children of a container, in order.
    pub fn children(&self, id: NodeId) -> Children<'_, 's> {
        let end = self.nodes.get(id).map_or(0, |n| n.end);
        Children { tree: self, next: id + 1, end }
    }

    /// The node an alias stands for, or the node itself.
    pub fn follow(&self, mut id: NodeId) -> NodeId {
        // An anchor is defined before its alias, so every step goes back and this ends.
        while let Some(Node { kind: Kind::Alias(target), .. }) = self.nodes.get(id) {
            if *target >= id {
                break;
            }
            id = *target;
        }
        id
    }

    /// The text of a scalar, aliases followed.
    pub fn text(&self, id: NodeId) -> Option<&str> {
        match &self.nodes.get(self.follow(id))?.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether the node is a mapping, aliases followed.
    pub fn is_mapping(&self, id: NodeId) -> bool {
        matches!(self.nodes.get(self.follow(id)), Some(Node { kind: Kind::Mapping, .. }))
    }

    /// Whether the node is a sequence, aliases followed.
    pub fn is_sequence(&self, id: NodeId) -> bool {
        matches!(self.nodes.get(self.follow(id)), Some(Node { kind: Kind::Sequence, .. }))
    }

    /// Key and value of `key` in a mapping: the last one written, else one that a merge brings.
    pub fn get(&self, mapping: NodeId, key: &str) -> Option<(NodeId, NodeId)> {
        self.get_within(mapping, key, 8)
    }

    fn get_within(&self, mapping: NodeId, key: &str, merges: u8) -> Option<(NodeId, NodeId)> {
        let mapping = self.follow(mapping);
        if !self.is_mapping(mapping) {
            return None;
        }
        let mut found = None;
        for (k, v) in self.pairs(mapping) {
            if self.text(k) == Some(key) {
                found = Some((k, v));
            }
        }
        if found.is_some() || merges == 0 {
            return found;
        }
        for (k, v) in self.pairs(mapping) {
            if self.is_merge(k) {
                let source = self.follow(v);
                if self.is_mapping(source) {
                    found = found.or_else(|| self.get_within(source, key, merges - 1));
                } else {
                    for item in self.children(source) {
                        found = found.or_else(|| self.get_within(item, key, merges - 1));
                    }
                }
            }
        }
        found
    }

    /// Keys and values of a mapping, as written.
    pub fn pairs(&self, mapping: NodeId) -> Pairs<'_, 's> {
        Pairs { children: self.children(mapping) }
    }

    /// Whether a key is the merge key `<<`.
    pub fn is_merge(&self, key: NodeId) -> bool {
        matches!(self.nodes.get(key),
            Some(Node { kind: Kind::Scalar { text, plain: true, tag: Tag::None }, .. }) if text == "<<")
    }
}

/// Iterates the direct children of a node.
#[derive(Debug)]
pub struct Children<'t, 's> {
    tree: &'t Tree<'s>,
    next: NodeId,
    end: NodeId,
}

impl Iterator for Children<'_, '_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        if self.next >= self.end {
            return None;
        }
        let id = self.next;
        self.next = self.tree.nodes.get(id)?.end;
        Some(id)
    }
}

/// Iterates the pairs of a mapping.
#[derive(Debug)]
pub struct Pairs<'t, 's> {
    children: Children<'t, 's>,
}

impl Iterator for Pairs<'_, '_> {
    type Item = (NodeId, NodeId);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.children.next()?, self.children.next()?))
    }
}

/// Marks keys that a later equal key replaces, and remembers them.
fn shadow_duplicates(tree: &mut Tree<'_>) {
    let mut lost = Vec::new();
    let mut keys: Vec<NodeId> = Vec::new();
    let mut seen: HashMap<String, NodeId> = HashMap::new();
    for id in 0..tree.nodes.len() {
        if !matches!(tree.nodes.get(id), Some(Node { kind: Kind::Mapping, .. })) {
            continue;
        }
        keys.clear();
        keys.extend(tree.pairs(id).map(|(k, _)| k).filter(|&k| !tree.is_merge(k)));
        if keys.len() <= 24 {
            for (n, &key) in keys.iter().enumerate() {
                let Some(text) = tree.text(key) else { continue };
                if keys.iter().skip(n + 1).any(|&later| tree.text(later) == Some(text)) {
                    lost.push(key);
                }
            }
        } else {
            seen.clear();
            for &key in &keys {
                let Some(text) = tree.text(key) else { continue };
                if let Some(earlier) = seen.insert(text.to_owned(), key) {
                    lost.push(earlier);
                }
            }
        }
    }
    for key in lost {
        if let Some(text) = tree.text(key).map(str::to_owned)
            && let Some(node) = tree.nodes.get_mut(key)
        {
            node.shadowed = true;
            let at = node.at;
            tree.duplicates.push((text, at));
        }
    }
}
