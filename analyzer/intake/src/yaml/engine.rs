//! From a slice of bytes to a value: the one place that decides how.
//!
//! Everything that decodes a slice of YAML comes through [`from_slice`] or [`noting`]: the reader for
//! canonical text first, the [`full`] one where that is not sure.

use serde::de::DeserializeOwned;

use super::tree::{self, Bounds, NodeId, Tree};
use super::{ErrorKind, Position, YamlError, canonical, de};

/// What a slice of bytes holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slice {
    /// A whole document.
    Document,
    /// One item of a block sequence, from the start of its line on, the dash included.
    Item,
}

/// Reads a slice as `D`.
pub fn from_slice<D: DeserializeOwned>(bytes: &[u8], slice: Slice, bounds: Bounds) -> Result<D, YamlError> {
    noting(bytes, slice, bounds, |_| {})
}

/// Reads a slice as `D`, handing what was written twice to `duplicates`.
pub fn noting<D: DeserializeOwned>(
    bytes: &[u8],
    slice: Slice,
    bounds: Bounds,
    duplicates: impl FnOnce(&[(String, Position)]),
) -> Result<D, YamlError> {
    // Canonical text holds no key twice.
    canonical::read(bytes, slice, bounds).map_or_else(|| full(bytes, slice, bounds, duplicates), Ok)
}

/// Reads a slice with the full reader, handing what was written twice to `duplicate`.
pub fn full<D: DeserializeOwned>(
    bytes: &[u8],
    slice: Slice,
    bounds: Bounds,
    duplicates: impl FnOnce(&[(String, Position)]),
) -> Result<D, YamlError> {
    let tree = parse(bytes, bounds)?;
    let Some(tree) = tree else {
        return D::deserialize(serde::de::value::UnitDeserializer::new());
    };
    let root = root(&tree, slice).ok_or_else(|| YamlError {
        at: None,
        path: String::new(),
        message: "expected one item of a list".to_owned(),
        kind: ErrorKind::Shape,
    })?;
    if !tree.duplicates.is_empty() {
        duplicates(&tree.duplicates);
    }
    from_node(&tree, root, bounds)
}

/// Parses a slice to a tree; `None` where it holds nothing.
pub fn parse(bytes: &[u8], bounds: Bounds) -> Result<Option<Tree<'_>>, YamlError> {
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    tree::parse(text, bounds)
}

/// The node that the slice is about.
pub fn root(tree: &Tree<'_>, slice: Slice) -> Option<NodeId> {
    match slice {
        Slice::Document => Some(0),
        Slice::Item => tree.children(0).next(),
    }
}

/// Reads one node of a tree as `D`.
pub fn from_node<D: DeserializeOwned>(tree: &Tree<'_>, node: NodeId, bounds: Bounds) -> Result<D, YamlError> {
    let reader = de::Reader::new(tree, bounds);
    D::deserialize(reader.node(node))
}

fn not_utf8(bytes: &[u8], at: usize) -> YamlError {
    let before = bytes.get(..at).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |n| n + 1);
    let column = String::from_utf8_lossy(before.get(start..).unwrap_or_default()).chars().count() + 1;
    YamlError::new(
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), column: u32::try_from(column).unwrap_or(u32::MAX) },
        "not UTF-8 text",
    )
}
