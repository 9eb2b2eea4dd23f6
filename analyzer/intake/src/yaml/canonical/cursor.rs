//! Where the reading stands: one content line after another, and the keys that are open.

use std::fmt;

/// The text is not surely canonical, or does not fit the type: the full parser decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not canonical")
    }
}

impl std::error::Error for Refused {}

impl serde::de::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

pub(super) type Sure<T> = Result<T, Refused>;

/// Longest key: YAML lets a key without `?` have 1024 characters.
const KEY: usize = 512;
/// Most keys of one mapping that are compared one by one, where they do not ascend.
const UNSORTED: usize = 512;

/// Eight spaces.
const SPACES: u64 = u64::from_le_bytes([b' '; 8]);

/// A key at the cursor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'a> {
    pub(super) text: &'a str,
    /// Written without quotes.
    pub(super) plain: bool,
    /// Where its value begins; none where the line ends after the colon.
    pub(super) value: Option<usize>,
}

/// What stands somewhere, before it is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// The value of a key of the mapping at this column.
    Value { value: Option<usize>, column: usize },
    /// The item whose dash stands at the cursor, at this column.
    Item { column: usize },
    /// The mapping at the cursor.
    Mapping,
}

/// Walks the content lines of a text.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// The first byte that was not read yet on this line.
    pub(super) at: usize,
    /// Its column.
    pub(super) column: usize,
    /// Where the line ends: its line feed, or the end of the text.
    pub(super) eol: usize,
    /// No line is left.
    pub(super) ended: bool,
    /// Blank lines or comments stood before this line.
    pub(super) gap: bool,
    /// Keys of the open mappings, outermost first.
    keys: Vec<&'a str>,
    /// How much deeper the nesting may become.
    left: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, depth: usize) -> Self {
        let bytes = text.as_bytes();
        let keys = Vec::with_capacity(64);
        Self { text, bytes, at: 0, column: 0, eol: 0, ended: false, gap: false, keys, left: depth }
    }

    /// The byte at an offset; a line feed behind the end.
    #[inline]
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    #[inline]
    pub(super) fn slice(&self, start: usize, end: usize) -> &'a [u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Text between two offsets that stand at ASCII bytes.
    #[inline]
    pub(super) fn str(&self, start: usize, end: usize) -> Sure<&'a str> {
        self.text.get(start..end).ok_or(Refused)
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The end of the line in which `at` stands.
    #[inline]
    pub(super) fn end_of_line(&self, at: usize) -> usize {
        memchr::memchr(b'\n', self.slice(at, self.bytes.len())).map_or(self.bytes.len(), |n| at + n)
    }

    /// How many spaces stand at `at`.
    #[inline]
    pub(super) fn spaces(&self, at: usize) -> usize {
        let rest = self.slice(at, self.bytes.len());
        let mut found = 0;
        for word in rest.as_chunks::<8>().0 {
            let odd = u64::from_le_bytes(*word) ^ SPACES;
            if odd != 0 {
                return found + (odd.trailing_zeros() / 8) as usize;
            }
            found += 8;
        }
        let end = rest.get(found..).unwrap_or_default();
        found + end.iter().take_while(|&&b| b == b' ').count()
    }

    /// Goes to the next line with content.
    #[inline]
    pub(super) fn advance(&mut self) {
        self.gap = false;
        self.line_at(self.eol + 1);
    }

    /// Goes to the first line with content from `start` on, which is the start of a line.
    fn line_at(&mut self, mut start: usize) {
        while start < self.bytes.len() {
            let indent = self.spaces(start);
            let at = start + indent;
            match self.bytes.get(at) {
                None => break,
                Some(b'\n') => start = at + 1,
                Some(b'#') => start = self.end_of_line(at) + 1,
                Some(_) => {
                    self.at = at;
                    self.column = indent;
                    self.eol = self.end_of_line(at);
                    return;
                }
            }
            self.gap = true;
        }
        self.ended = true;
        self.at = self.bytes.len();
        self.column = 0;
        self.eol = self.bytes.len();
    }

    /// The root of a whole document.
    pub(super) fn document(&mut self) -> Sure<Place> {
        self.line_at(0);
        if self.ended || self.column != 0 { Err(Refused) } else { Ok(Place::Mapping) }
    }

    /// The root of one item of a block sequence, dash included.
    pub(super) fn item_root(&mut self) -> Sure<Place> {
        self.line_at(0);
        if self.ended || !self.is_dash() { Err(Refused) } else { Ok(Place::Item { column: self.column }) }
    }

    /// Whether the cursor stands at the dash of an item.
    #[inline]
    pub(super) fn is_dash(&self) -> bool {
        self.byte(self.at) == b'-' && matches!(self.byte(self.at + 1), b' ' | b'\n')
    }

    pub(super) fn enter(&mut self) -> Sure<()> {
        self.left = self.left.checked_sub(1).ok_or(Refused)?;
        Ok(())
    }

    /// How much deeper the nesting may become.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    pub(super) fn leave(&mut self) {
        self.left += 1;
    }

    /// The key at the cursor.
    #[inline]
    pub(super) fn key(&self) -> Sure<Key<'a>> {
        let first = self.byte(self.at);
        let (start, end, colon) = match first {
            b'"' | b'\'' => {
                let end = self.quoted_end(self.at)?.ok_or(Refused)?;
                (self.at + 1, end, end + 1)
            }
            _ if starts_key(first) => {
                // A word of letters, mostly; whatever else stands in it, the colon is looked for.
                let word = self.slice(self.at, self.eol).iter().take_while(|b| is_word(**b)).count();
                let end = self.at + word;
                if self.byte(end) == b':' && (end + 1 >= self.eol || self.byte(end + 1) == b' ') {
                    return self.key_before(end);
                }
                let colon = self.plain_key_end(self.at).ok_or(Refused)?;
                (self.at, colon, colon)
            }
            _ => return Err(Refused),
        };
        if self.byte(colon) != b':' || end <= start || end - start > KEY {
            return Err(Refused);
        }
        let text = self.str(start, end)?;
        let plain = start == self.at;
        if plain && (text.ends_with(' ') || memchr::memchr(b'#', text.as_bytes()).is_some()) {
            return Err(Refused);
        }
        Ok(Key { text, plain, value: self.value_after(colon)? })
    }

    /// The key at the cursor that is a plain word up to the colon.
    #[inline]
    fn key_before(&self, colon: usize) -> Sure<Key<'a>> {
        if colon - self.at > KEY {
            return Err(Refused);
        }
        Ok(Key { text: self.str(self.at, colon)?, plain: true, value: self.value_after(colon)? })
    }

    /// Where the value behind a colon begins, on its line.
    #[inline]
    fn value_after(&self, colon: usize) -> Sure<Option<usize>> {
        if colon + 1 >= self.eol {
            return Ok(None);
        }
        let value = if self.byte(colon + 2) == b' ' { colon + 1 + self.spaces(colon + 1) } else { colon + 2 };
        // A space before the end of the line, or no space after the colon of a quoted key.
        if value >= self.eol || self.byte(colon + 1) != b' ' {
            return Err(Refused);
        }
        // A comment, and the value, if there is one, on the lines below.
        Ok((self.byte(value) != b'#').then_some(value))
    }

    /// Refuses what stands at `at`, behind a value that has its own end, unless the line ends there: at most with a
    /// comment.
    #[inline]
    pub(super) fn ends_line(&self, at: usize) -> Sure<()> {
        if at == self.eol {
            return Ok(());
        }
        let spaces = self.spaces(at);
        let comment = spaces > 0 && at + spaces < self.eol && self.byte(at + spaces) == b'#';
        if comment { Ok(()) } else { Err(Refused) }
    }

    /// Whether the text at `at`, on this line, is `key:` and so opens a mapping.
    pub(super) fn opens_mapping(&self, at: usize) -> Sure<bool> {
        match self.byte(at) {
            b'"' | b'\'' => Ok(self.quoted_end(at)?.is_some_and(|end| self.byte(end + 1) == b':')),
            first => Ok(starts_key(first) && self.plain_key_end(at).is_some()),
        }
    }

    /// The closing quote of a word without escapes; none where the line ends before it.
    fn quoted_end(&self, at: usize) -> Sure<Option<usize>> {
        let quote = self.byte(at);
        let line = self.slice(at + 1, self.eol);
        let found = if quote == b'"' { memchr::memchr2(b'"', b'\\', line) } else { memchr::memchr(quote, line) };
        let Some(end) = found.map(|n| at + 1 + n) else { return Ok(None) };
        let escaped = self.byte(end) == b'\\' || (quote == b'\'' && self.byte(end + 1) == b'\'');
        // An escaped word is surely a value only where no colon follows it, which is not looked at.
        if escaped && memchr::memmem::find(self.slice(at, self.eol), b":").is_some() {
            return Err(Refused);
        }
        Ok((!escaped).then_some(end))
    }

    /// The colon that ends a plain key.
    #[inline]
    fn plain_key_end(&self, at: usize) -> Option<usize> {
        let mut from = at;
        loop {
            let colon = from + memchr::memchr(b':', self.slice(from, self.eol))?;
            if colon + 1 >= self.eol || self.byte(colon + 1) == b' ' {
                return Some(colon);
            }
            from = colon + 1;
        }
    }

    /// Where the keys of a mapping that opens now begin.
    #[inline]
    pub(super) fn frame(&self) -> usize {
        self.keys.len()
    }

    /// Forgets the keys of a mapping that ends.
    #[inline]
    pub(super) fn close(&mut self, frame: usize) {
        self.keys.truncate(frame);
    }

    /// Remembers a key of the mapping that opened at `frame`; refuses one that was there.
    #[inline]
    pub(super) fn remember(&mut self, frame: usize, ascending: &mut bool, key: &'a str) -> Sure<()> {
        if self.keys.len() > frame {
            // Keys that ascend, as kubectl's nearly always do, are different.
            let above = *ascending && self.keys.last().is_some_and(|last| *last < key);
            if !above {
                *ascending = false;
                let open = self.keys.get(frame..).unwrap_or_default();
                if open.len() > UNSORTED || open.contains(&key) {
                    return Err(Refused);
                }
            }
        }
        self.keys.push(key);
        Ok(())
    }
}

/// Whether a byte stands in nearly all keys.
#[inline]
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-')
}

/// Whether a plain key may begin with this byte and be nothing but a word.
#[inline]
fn starts_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'$') || byte >= 0x80
}
