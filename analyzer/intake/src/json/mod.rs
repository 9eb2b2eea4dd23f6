//! A scanner over JSON text: where values begin and end, without building them.
//!
//! It checks what it needs to find its way (strings, brackets, nesting) and leaves the rest to
//! `serde_json`, which reads each value by itself. A text that breaks off yields what came before.

mod place;

use std::borrow::Cow;

pub use place::{char_position, chars, message, position, shift};
pub(crate) use place::{clamp, lines};

/// A byte range in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Range {
    /// The bytes of the range.
    pub fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// Why the scanner stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanError {
    /// Byte where it stopped.
    pub at: usize,
    /// What was wrong.
    pub what: What,
}

/// What was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The text ends inside a value.
    Cut,
    /// Something that cannot stand here.
    Unexpected,
    /// Nested deeper than the limit.
    Depth,
}

impl What {
    /// The words of a message.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Cut => "not valid JSON: the text ends in the middle of a value",
            Self::Unexpected => "not valid JSON: a character that cannot stand here",
            Self::Depth => "nested deeper than the limit (--max-depth)",
        }
    }
}

/// The next byte at or after `at` that is not white space.
pub fn skip_space(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The end of the value that begins at `at`.
pub fn value(text: &[u8], at: usize, depth: usize) -> Result<usize, ScanError> {
    match text.get(at) {
        None => Err(ScanError { at, what: What::Cut }),
        Some(b'"') => string(text, at),
        Some(b'{' | b'[') => container(text, at, depth),
        Some(b'-' | b'0'..=b'9' | b'a'..=b'z') => Ok(word(text, at)),
        Some(_) => Err(ScanError { at, what: What::Unexpected }),
    }
}

/// A number or a literal: as far as such characters go; `serde_json` judges it.
fn word(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')) {
        at += 1;
    }
    at
}

fn string(text: &[u8], start: usize) -> Result<usize, ScanError> {
    let mut at = start + 1;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(found) = memchr::memchr2(b'"', b'\\', rest) else {
            return Err(ScanError { at: text.len(), what: What::Cut });
        };
        at += found;
        if text.get(at) == Some(&b'"') {
            return Ok(at + 1);
        }
        at += 2;
    }
}

fn container(text: &[u8], start: usize, depth: usize) -> Result<usize, ScanError> {
    let mut open: Vec<u8> = Vec::with_capacity(16);
    let mut at = start;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(found) = rest.iter().position(|b| matches!(b, b'"' | b'{' | b'}' | b'[' | b']')) else {
            return Err(ScanError { at: text.len(), what: What::Cut });
        };
        at += found;
        match text.get(at) {
            Some(b'"') => {
                at = string(text, at)?;
                continue;
            }
            Some(&bracket @ (b'{' | b'[')) => {
                if open.len() >= depth {
                    return Err(ScanError { at, what: What::Depth });
                }
                open.push(bracket);
            }
            Some(&bracket @ (b'}' | b']')) => {
                // The closing bracket is two past its opening one in ASCII, for both pairs.
                if open.pop() != Some(bracket - 2) {
                    return Err(ScanError { at, what: What::Unexpected });
                }
                if open.is_empty() {
                    return Ok(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// Walks the items of an array that begins at `start`.
#[derive(Debug)]
pub struct Items<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    first: bool,
    done: bool,
}

/// The items of the array whose `[` is at `start`.
pub fn items(text: &[u8], start: usize, depth: usize) -> Items<'_> {
    Items { text, at: start + 1, depth, first: true, done: text.get(start) != Some(&b'[') }
}

impl Items<'_> {
    /// One past the closing bracket, once every item was walked.
    pub fn end(&self) -> usize {
        self.at
    }
}

impl Iterator for Items<'_> {
    type Item = Result<Range, ScanError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let step = (|| {
            let mut at = skip_space(self.text, self.at);
            match self.text.get(at) {
                Some(b']') => return Ok((None, at + 1)),
                Some(b',') if !self.first => at = skip_space(self.text, at + 1),
                Some(_) if self.first => {}
                Some(_) => {
                    return Err(ScanError { at, what: What::Unexpected });
                }
                None => {
                    return Err(ScanError { at, what: What::Cut });
                }
            }
            let end = value(self.text, at, self.depth)?;
            Ok((Some(Range { start: at, end }), end))
        })();
        self.first = false;
        match step {
            Ok((range, at)) => {
                self.at = at;
                self.done = range.is_none();
                range.map(Ok)
            }
            Err(error) => {
                self.done = true;
                self.at = error.at;
                Some(Err(error))
            }
        }
    }
}

/// Walks the members of an object that begins at `start`.
#[derive(Debug)]
pub struct Members<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    first: bool,
    done: bool,
    failed: Option<ScanError>,
}

/// One member: its key (quotes included) and its value; `value.end` is not known yet when the value
/// breaks off, and is then the end of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The key with its quotes.
    pub key: Range,
    /// The value.
    pub value: Range,
}

/// The members of the object whose `{` is at `start`.
pub fn members(text: &[u8], start: usize, depth: usize) -> Members<'_> {
    Members { text, at: start + 1, depth, first: true, done: text.get(start) != Some(&b'{'), failed: None }
}

impl Members<'_> {
    /// One past the closing brace, once every member was walked.
    pub fn end(&self) -> usize {
        self.at
    }

    /// What was wrong, where the walk ended before the closing brace.
    pub fn failed(&self) -> Option<ScanError> {
        self.failed
    }
}

impl Iterator for Members<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let depth = self.depth;
        self.next_with(|text, _, at| value(text, at, depth))
    }
}

impl Members<'_> {
    /// The next member, whose value is walked by `walk` (text, key, start of the value) to its end.
    pub fn next_with(&mut self, walk: impl FnOnce(&[u8], Range, usize) -> Result<usize, ScanError>) -> Option<Entry> {
        if self.done {
            return None;
        }
        let text = self.text;
        let step = || {
            let mut at = skip_space(text, self.at);
            match text.get(at) {
                Some(b'}') => return Ok((None, at + 1)),
                Some(b',') if !self.first => at = skip_space(text, at + 1),
                Some(b'"') if self.first => {}
                Some(_) => {
                    return Err(ScanError { at, what: What::Unexpected });
                }
                None => {
                    return Err(ScanError { at, what: What::Cut });
                }
            }
            if text.get(at).is_some_and(|&b| b != b'"') {
                return Err(ScanError { at, what: What::Unexpected });
            }
            let end = string(text, at)?;
            let key = Range { start: at, end };
            at = skip_space(text, end);
            match text.get(at) {
                Some(b':') => at = skip_space(text, at + 1),
                Some(_) => {
                    return Err(ScanError { at, what: What::Unexpected });
                }
                None => {
                    return Err(ScanError { at, what: What::Cut });
                }
            }
            match walk(text, key, at) {
                Ok(end) => Ok((Some(Entry { key, value: Range { start: at, end } }), end)),
                // The value is given as far as it goes: a list that was cut still has items.
                Err(error) => {
                    self.failed = Some(error);
                    Ok((Some(Entry { key, value: Range { start: at, end: text.len() } }), error.at))
                }
            }
        };
        let result = step();
        self.first = false;
        match result {
            Ok((entry, at)) => {
                self.at = at;
                self.done = entry.is_none() || self.failed.is_some();
                entry
            }
            Err(error) => {
                self.done = true;
                self.at = error.at;
                self.failed = Some(error);
                None
            }
        }
    }
}

/// The text of a string, quotes included in `range`; `None` where it is no string.
pub fn text_of<'a>(text: &'a [u8], range: Range) -> Option<Cow<'a, str>> {
    let quoted: &'a [u8] = text.get(range.start..range.end)?;
    let inner = quoted.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if memchr::memchr(b'\\', inner).is_none() {
        return std::str::from_utf8(inner).ok().map(Cow::Borrowed);
    }
    serde_json::from_slice::<String>(quoted).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> (Vec<String>, Option<What>) {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        for item in items(bytes, 0, 64) {
            match item {
                Ok(range) => found.push(String::from_utf8_lossy(range.of(bytes)).into_owned()),
                Err(error) => return (found, Some(error.what)),
            }
        }
        (found, None)
    }

    #[test]
    fn items_are_found_without_building_them() {
        assert_eq!(all(r#"[1, "a]\"", {"b":[2]} , null]"#).0, ["1", r#""a]\"""#, r#"{"b":[2]}"#, "null"]);
        assert_eq!(all("[ ]"), (vec![], None));
    }

    #[test]
    fn a_cut_array_yields_what_came_before() {
        assert_eq!(all(r#"[{"a":1},{"b":"#), (vec![r#"{"a":1}"#.to_owned()], Some(What::Cut)));
        assert_eq!(all("[1 2]"), (vec!["1".to_owned()], Some(What::Unexpected)));
        assert_eq!(all("[[}]"), (vec![], Some(What::Unexpected)));
    }

    #[test]
    fn depth_is_bounded_without_recursion() {
        let text = "[".repeat(1_000_000);
        assert_eq!(value(text.as_bytes(), 0, 128).unwrap_err().what, What::Depth);
    }

    #[test]
    fn members_give_the_value_that_was_cut() {
        let text = br#"{"kind":"List","items":[{"a":1},{"#;
        let mut walk = members(text, 0, 64);
        let found: Vec<_> = walk.by_ref().collect();
        assert_eq!(found.len(), 2);
        assert_eq!(text_of(text, found[1].key).unwrap(), "items");
        assert_eq!(walk.failed().unwrap().what, What::Cut);
    }
}
