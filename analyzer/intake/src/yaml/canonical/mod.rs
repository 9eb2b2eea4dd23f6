//! Canonical block YAML, as kubectl and most collectors print it, read straight from the bytes.
//!
//! No events and no tree: a `serde::Deserializer` walks the lines by their indentation, and what the
//! struct does not ask for is passed over without building anything. It is not a YAML parser. It reads
//! only what it is sure of (block mappings and sequences, one-line and folded scalars, `[]`, `{}`,
//! literal blocks, comments) and refuses everything else: anchors, tags, flow style, tabs, comments behind
//! the header of a block, odd indentation, keys written twice, complex and merge keys. A refusal costs nothing but time,
//! because the full parser then reads that one object. What is passed over is held to the same rules,
//! so that text which the full parser would refuse is never accepted here.

mod cursor;
mod de;
mod double;
mod memory;
mod scalars;
mod skip;

use serde::de::DeserializeOwned;

use super::engine::Slice;
use super::tree::Bounds;
use cursor::Cursor;

/// Deepest nesting that is read here; what kubectl prints stays far below.
const DEPTH: usize = 64;

/// Reads a slice as `D`; `None` where the text is not surely canonical or does not fit `D`, so that the
/// full parser has to decide (and to word the error).
pub fn read<D: DeserializeOwned>(bytes: &[u8], slice: Slice, bounds: Bounds) -> Option<D> {
    if bytes.len() > bounds.nodes {
        return None;
    }
    let text = ordinary(bytes)?;
    let mut cursor = Cursor::new(text, DEPTH.min(bounds.depth.saturating_sub(1)));
    let root = match slice {
        Slice::Document => cursor.document().ok()?,
        Slice::Item => cursor.item_root().ok()?,
    };
    let value = D::deserialize(de::Node::new(&mut cursor, root)).ok()?;
    cursor.ended.then_some(value)
}

/// The text, where it is UTF-8 without control characters other than the line feed, and without
/// characters that are line breaks or marks to some YAML readers.
fn ordinary(bytes: &[u8]) -> Option<&str> {
    let control = |b: u8| u8::from(b < 0x20 && b != b'\n') | u8::from(b == 0x7F);
    if bytes.chunks(1024).any(|chunk| chunk.iter().fold(0, |odd, &b| odd | control(b)) != 0) {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let odd =
        |c: char| matches!(c, '\u{80}'..='\u{9F}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}');
    (text.is_ascii() || !text.contains(odd)).then_some(text)
}
