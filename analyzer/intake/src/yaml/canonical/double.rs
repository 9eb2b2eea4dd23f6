//! Double-quoted scalars: escapes that have one meaning, and lines that are folded.

use std::borrow::Cow;

use super::cursor::{Cursor, Refused, Sure};
use super::scalars::Want;

impl<'a> Cursor<'a> {
    /// The scalar whose opening quote stands at `at`.
    pub(super) fn double(&mut self, at: usize, parent: usize, want: Want) -> Sure<Cow<'a, str>> {
        let start = at + 1;
        if let Some(n) = memchr::memchr2(b'"', b'\\', self.slice(start, self.eol))
            && self.byte(start + n) == b'"'
        {
            self.ends_line(start + n + 1)?;
            let text = self.str(start, start + n)?;
            return self.only_line(parent).map(|()| Cow::Borrowed(text));
        }
        let mut text = String::new();
        let mut at = start;
        loop {
            let Some(n) = memchr::memchr2(b'"', b'\\', self.slice(at, self.eol)) else {
                self.push(&mut text, at, self.eol, want)?;
                at = self.fold(parent, &mut text, want)?;
                continue;
            };
            self.push(&mut text, at, at + n, want)?;
            at += n;
            if self.byte(at) == b'"' {
                self.ends_line(at + 1)?;
                return self.only_line(parent).map(|()| Cow::Owned(text));
            }
            let (meaning, len) = self.escape(at + 1)?;
            if want == Want::Text {
                text.push(meaning);
            }
            at += 1 + len;
        }
    }

    /// What an escape means, and how long it is after its backslash.
    fn escape(&self, at: usize) -> Sure<(char, usize)> {
        let one = |meaning| Ok((meaning, 1));
        match self.byte(at) {
            b'0' => one('\0'),
            b'a' => one('\u{7}'),
            b'b' => one('\u{8}'),
            b't' => one('\t'),
            b'n' => one('\n'),
            b'v' => one('\u{B}'),
            b'f' => one('\u{C}'),
            b'r' => one('\r'),
            b'e' => one('\u{1B}'),
            b' ' => one(' '),
            b'"' => one('"'),
            b'/' => one('/'),
            b'\\' => one('\\'),
            b'x' => self.code(at + 1, 2),
            b'u' => self.code(at + 1, 4),
            b'U' => self.code(at + 1, 8),
            _ => Err(Refused),
        }
    }

    /// A character by its number. Half a surrogate pair is no character: the parser joins them.
    fn code(&self, at: usize, digits: usize) -> Sure<(char, usize)> {
        let text = self.slice(at, at + digits);
        if text.len() != digits || !text.iter().all(u8::is_ascii_hexdigit) {
            return Err(Refused);
        }
        let text = std::str::from_utf8(text).map_err(|_| Refused)?;
        let number = u32::from_str_radix(text, 16).map_err(|_| Refused)?;
        char::from_u32(number).map(|c| (c, digits + 1)).ok_or(Refused)
    }
}
