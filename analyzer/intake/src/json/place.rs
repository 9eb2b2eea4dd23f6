//! Lines and columns in JSON text, and the words of `serde_json` without its own.

use std::borrow::Cow;

use crate::yaml::Position;

/// A position of `serde_json` (1-based line, byte column) in characters.
pub fn char_position(text: &[u8], line: usize, column: usize) -> Position {
    let mut start = 0;
    for _ in 1..line {
        match memchr::memchr(b'\n', text.get(start..).unwrap_or_default()) {
            Some(n) => start += n + 1,
            None => break,
        }
    }
    let bytes = text.get(start..start.saturating_add(column.saturating_sub(1)).min(text.len())).unwrap_or_default();
    Position { line: clamp(line.max(1)), column: clamp(chars(bytes) + 1) }
}

/// The position of byte `at`, counted from the start of `text`.
pub fn position(text: &[u8], at: usize) -> Position {
    let before = text.get(..at.min(text.len())).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(0, |n| n + 1);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    Position { line: clamp(line), column: clamp(chars(before.get(start..).unwrap_or_default()) + 1) }
}

/// A position inside a slice, as a position in the file where the slice begins at `base`.
pub fn shift(base: Position, inner: Position) -> Position {
    if inner.line <= 1 {
        Position { line: base.line, column: base.column.saturating_add(inner.column).saturating_sub(1) }
    } else {
        Position { line: base.line.saturating_add(inner.line).saturating_sub(1), column: inner.column }
    }
}

/// The message of `serde_json` without its own position.
pub fn message(error: &serde_json::Error) -> Cow<'static, str> {
    let text = error.to_string();
    let cut = text.rfind(" at line ").unwrap_or(text.len());
    let text = text.get(..cut).unwrap_or(&text);
    if error.is_data() { Cow::Owned(text.to_owned()) } else { Cow::Owned(format!("not valid JSON: {text}")) }
}

/// Characters in UTF-8 bytes: everything but continuation bytes.
pub fn chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count()
}

pub(crate) fn clamp(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// How many line feeds a text has.
pub(crate) fn lines(text: &[u8]) -> u32 {
    clamp(memchr::memchr_iter(b'\n', text).count())
}
