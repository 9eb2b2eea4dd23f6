//! Scalars: on one line as they stand, or folded over several, or as a literal block.

use std::borrow::Cow;

use super::cursor::{Cursor, Place, Refused, Sure};

/// What stands at a place.
#[derive(Debug)]
pub(super) enum Shape<'a> {
    /// Nothing after a key.
    Null,
    /// A scalar; `plain` where it has no quotes, so that its meaning depends on its text.
    Text { text: Cow<'a, str>, plain: bool },
    /// `[]`
    NoItems,
    /// `{}`
    NoEntries,
    /// A sequence whose first dash stands at the cursor.
    Sequence,
    /// A mapping whose first key stands at the cursor.
    Mapping,
}

/// Whether text is built or only passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    Text,
    Nothing,
}

/// How the trailing line feeds of a block are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    Strip,
    Clip,
    Keep,
}

impl<'a> Cursor<'a> {
    /// What stands at a place. A scalar is read, and the cursor stands on the next content line.
    pub(super) fn shape(&mut self, place: Place, want: Want) -> Sure<Shape<'a>> {
        match place {
            Place::Mapping => Ok(Shape::Mapping),
            Place::Value { value: Some(at), column } => self.inline(at, column, want),
            Place::Value { value: None, column } => {
                self.advance();
                if self.ended || self.column < column {
                    return Ok(Shape::Null);
                }
                if self.is_dash() {
                    return Ok(Shape::Sequence);
                }
                Ok(if self.column == column { Shape::Null } else { Shape::Mapping })
            }
            Place::Item { column } => {
                let at = self.at + 1 + self.spaces(self.at + 1);
                if at >= self.eol {
                    return Err(Refused);
                }
                let dash = self.byte(at) == b'-' && self.byte(at + 1) == b' ';
                if dash || self.opens_mapping(at)? {
                    self.column = column + at - self.at;
                    self.at = at;
                    return Ok(if dash { Shape::Sequence } else { Shape::Mapping });
                }
                self.inline(at, column, want)
            }
        }
    }

    /// The value that begins at `at` on the cursor's line, inside a collection at column `parent`.
    fn inline(&mut self, at: usize, parent: usize, want: Want) -> Sure<Shape<'a>> {
        let text = |text| Shape::Text { text, plain: false };
        match self.byte(at) {
            b'"' => self.double(at, parent, want).map(text),
            b'\'' => self.single(at, parent, want).map(text),
            b'[' if self.byte(at + 1) == b']' => {
                self.ends_line(at + 2)?;
                self.only_line(parent).map(|()| Shape::NoItems)
            }
            b'{' if self.byte(at + 1) == b'}' => {
                self.ends_line(at + 2)?;
                self.only_line(parent).map(|()| Shape::NoEntries)
            }
            b'|' => self.block(at, parent, want).map(text),
            b'>' if want == Want::Nothing => self.block(at, parent, want).map(text),
            b'-' if matches!(self.byte(at + 1), b' ' | b'\n') => Err(Refused),
            b'[' | b']' | b'{' | b'}' | b'>' | b'&' | b'*' | b'!' | b'%' | b'@' | b'`' | b',' | b'#' | b'?' | b':'
            | b'=' => Err(Refused),
            _ => self.plain(at, parent, want).map(|text| Shape::Text { text, plain: true }),
        }
    }

    /// Ends a value that must end with its line: nothing deeper may follow.
    #[inline]
    pub(super) fn only_line(&mut self, parent: usize) -> Sure<()> {
        self.advance();
        if !self.ended && self.column > parent { Err(Refused) } else { Ok(()) }
    }

    fn plain(&mut self, at: usize, parent: usize, want: Want) -> Sure<Cow<'a, str>> {
        let mut end = self.plain_line(at)?;
        let first = self.str(at, end)?;
        // A comment ends a plain scalar.
        let mut ended = end != self.eol;
        self.advance();
        if self.ended || self.column <= parent {
            return Ok(Cow::Borrowed(first));
        }
        let mut whole = String::from(if want == Want::Text { first } else { "" });
        while !self.ended && self.column > parent {
            // So does one on a line of its own, and a blank line is a line feed in it.
            let special = b"-?:,[]{}#&*!|>'\"%@`=";
            if ended || self.gap || special.contains(&self.byte(self.at)) {
                return Err(Refused);
            }
            end = self.plain_line(self.at)?;
            ended = end != self.eol;
            if want == Want::Text {
                whole.push(' ');
                whole.push_str(self.str(self.at, end)?);
            }
            self.advance();
        }
        Ok(Cow::Owned(whole))
    }

    /// Where the text of a plain scalar ends on this line: at its end, or before the spaces of a comment. Refuses a
    /// line with a key or a space at its end in it.
    #[inline]
    fn plain_line(&self, at: usize) -> Sure<usize> {
        let line = self.slice(at, self.eol);
        if matches!(line.last(), None | Some(b' ' | b':')) {
            return Err(Refused);
        }
        for n in memchr::memchr2_iter(b':', b'#', line) {
            let n = at + n;
            if self.byte(n) == b':' {
                if self.byte(n + 1) == b' ' {
                    return Err(Refused);
                }
            } else if n > at && self.byte(n - 1) == b' ' {
                let spaces = self.slice(at, n).iter().rev().take_while(|&&b| b == b' ').count();
                return Ok(n - spaces);
            }
        }
        Ok(self.eol)
    }

    fn single(&mut self, at: usize, parent: usize, want: Want) -> Sure<Cow<'a, str>> {
        let start = at + 1;
        if let Some(n) = memchr::memchr(b'\'', self.slice(start, self.eol))
            && self.ends_line(start + n + 1).is_ok()
        {
            let text = self.str(start, start + n)?;
            return self.only_line(parent).map(|()| Cow::Borrowed(text));
        }
        let mut text = String::new();
        let mut from = start;
        let mut at = start;
        loop {
            let Some(n) = memchr::memchr(b'\'', self.slice(at, self.eol)) else {
                self.push(&mut text, from, self.eol, want)?;
                from = self.fold(parent, &mut text, want)?;
                at = from;
                continue;
            };
            let quote = at + n;
            if self.byte(quote + 1) == b'\'' {
                self.push(&mut text, from, quote + 1, want)?;
                from = quote + 2;
                at = from;
                continue;
            }
            self.push(&mut text, from, quote, want)?;
            self.ends_line(quote + 1)?;
            return self.only_line(parent).map(|()| Cow::Owned(text));
        }
    }

    pub(super) fn push(&self, text: &mut String, start: usize, end: usize, want: Want) -> Sure<()> {
        if want == Want::Text {
            text.push_str(self.str(start, end)?);
        }
        Ok(())
    }

    /// Goes on to the next line of a quoted scalar and says where its text begins: the line break is a
    /// space, or as many line feeds as blank lines follow.
    pub(super) fn fold(&mut self, parent: usize, text: &mut String, want: Want) -> Sure<usize> {
        if self.byte(self.eol.saturating_sub(1)) == b' ' {
            return Err(Refused);
        }
        let mut blank = 0;
        loop {
            let start = self.eol + 1;
            if start >= self.len() {
                return Err(Refused);
            }
            let indent = self.spaces(start);
            self.eol = self.end_of_line(start + indent);
            if start + indent == self.eol {
                blank += 1;
                continue;
            }
            if indent <= parent {
                return Err(Refused);
            }
            if want == Want::Text {
                match blank {
                    0 => text.push(' '),
                    n => text.extend(std::iter::repeat_n('\n', n)),
                }
            }
            return Ok(start + indent);
        }
    }

    /// A literal block; a folded one is only passed over.
    fn block(&mut self, at: usize, parent: usize, want: Want) -> Sure<Cow<'a, str>> {
        let chomp = match self.slice(at + 1, self.eol) {
            b"" => Chomp::Clip,
            b"-" => Chomp::Strip,
            b"+" => Chomp::Keep,
            _ => return Err(Refused),
        };
        let mut line = self.eol + 1;
        while line < self.len() && self.byte(line) == b'\n' {
            line += 1;
        }
        let leading = line - self.eol - 1;
        let indent = self.spaces(line);
        if line + indent >= self.len() || self.byte(line + indent) == b'\n' || indent <= parent {
            return Err(Refused);
        }
        let mut text = String::new();
        if want == Want::Text {
            text.extend(std::iter::repeat_n('\n', leading));
        }
        while line < self.len() {
            let spaces = self.spaces(line);
            let blank = self.byte(line + spaces) == b'\n';
            if !blank && spaces < indent {
                if spaces > parent {
                    return Err(Refused);
                }
                break;
            }
            let end = self.end_of_line(line + spaces);
            if want == Want::Text {
                // Whether the last line feed is there decides about the text: leave it to the parser.
                if end >= self.len() {
                    return Err(Refused);
                }
                text.push_str(self.str((line + indent).min(end), end)?);
                text.push('\n');
            }
            line = end + 1;
        }
        if want == Want::Text && chomp != Chomp::Keep {
            text.truncate(text.trim_end_matches('\n').len());
            if chomp == Chomp::Clip {
                text.push('\n');
            }
        }
        self.eol = line.min(self.len()).saturating_sub(1);
        self.only_line(parent).map(|()| Cow::Owned(text))
    }
}
