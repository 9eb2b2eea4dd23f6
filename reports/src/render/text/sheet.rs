//! Writing to a terminal: every value is made neutral here, once, and text wraps at words.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::render::RenderError;
use crate::render::neutral::{neutral, neutral_command};
use crate::report::{PathState, Verdict};

/// A space at which a line never breaks: keeps `Service shop/web` together.
pub(super) const STICKY: char = '\u{a0}';

/// How a piece of text looks where colour is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Bold,
    Dim,
    Bad,
    Warn,
    Unsure,
    Good,
    Command,
}

impl Ink {
    const fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Bold => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Warn => AnsiColor::Yellow.on_default().bold(),
            Self::Unsure => AnsiColor::Magenta.on_default().bold(),
            Self::Good => AnsiColor::Green.on_default().bold(),
            Self::Command => AnsiColor::Cyan.on_default(),
        }
    }

    pub(super) const fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Broken => Self::Bad,
            Verdict::Degraded => Self::Warn,
            Verdict::Unknown => Self::Unsure,
            // Green is kept for what real traffic verified.
            Verdict::ConfigOk => Self::Plain,
            Verdict::Healthy => Self::Good,
        }
    }

    pub(super) const fn of_state(state: PathState) -> Self {
        match state {
            PathState::Blocked => Self::Bad,
            PathState::Unknown => Self::Unsure,
            PathState::Narrowed => Self::Warn,
            PathState::Open => Self::Plain,
        }
    }
}

/// A piece of text and its look. The text may be anything; it is made neutral when written.
pub(super) type Piece = (Ink, String);

/// A terminal of some width.
pub(super) struct Sheet<'w> {
    out: &'w mut dyn Write,
    width: usize,
    color: bool,
}

impl<'w> Sheet<'w> {
    pub(super) fn new(out: &'w mut dyn Write, width: usize, color: bool) -> Self {
        Self { out, width: width.max(40), color }
    }

    /// An empty line.
    pub(super) fn gap(&mut self) -> Result<(), RenderError> {
        Ok(self.out.write_all(b"\n")?)
    }

    /// Text that wraps; `first` opens the first line and `rest` every further one. Both are our own
    /// words, printed as they are and dimmed.
    pub(super) fn flow(&mut self, first: &str, rest: &str, pieces: &[Piece]) -> Result<(), RenderError> {
        let room = |opening: &str| self.width.saturating_sub(opening.width()).max(20);
        let lines = wrap(pieces, room(first), room(rest));
        for (i, line) in lines.iter().enumerate() {
            self.raw(Ink::Dim, if i == 0 { first } else { rest })?;
            for (ink, text) in line {
                self.raw(*ink, text)?;
            }
            self.gap()?;
        }
        Ok(())
    }

    /// One line that is never wrapped nor shortened, so that it can be copied and run.
    pub(super) fn command(&mut self, indent: &str, command: &str) -> Result<(), RenderError> {
        self.raw(Ink::Plain, indent)?;
        self.raw(Ink::Dim, "$ ")?;
        self.raw(Ink::Command, &neutral_command(command))?;
        self.gap()
    }

    /// Columns right of this indentation.
    pub(super) fn room(&self, indent: &str) -> usize {
        self.width.saturating_sub(indent.width()).max(20)
    }

    /// Are colours wanted?
    pub(super) const fn is_colored(&self) -> bool {
        self.color
    }

    /// A line of a drawing: made of neutral text, with its own styles where colours are wanted.
    pub(super) fn drawn(&mut self, indent: &str, line: &str) -> Result<(), RenderError> {
        writeln!(self.out, "{indent}{line}")?;
        Ok(())
    }

    fn raw(&mut self, ink: Ink, text: &str) -> Result<(), RenderError> {
        let styled = self.color && ink != Ink::Plain && !text.trim().is_empty();
        if styled {
            write!(self.out, "{}{text}{}", ink.style().render(), ink.style().render_reset())?;
        } else {
            self.out.write_all(text.as_bytes())?;
        }
        Ok(())
    }
}

/// Breaks at spaces into lines of at most `first` and then `rest` columns; a longer word is shortened
/// in its middle with an ellipsis.
fn wrap(pieces: &[Piece], first: usize, rest: usize) -> Vec<Vec<Piece>> {
    let mut lines = Vec::new();
    let mut line: Vec<Piece> = Vec::new();
    let mut used = 0;
    for word in words(pieces) {
        let word = fit_word(word, rest);
        let room = if lines.is_empty() { first } else { rest };
        let width: usize = word.iter().map(|(_, text)| text.width()).sum();
        if (used > 0 && used + 1 + width > room) || (used == 0 && lines.is_empty() && width > room) {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            append(&mut line, Ink::Plain, " ");
            used += 1;
        }
        for (ink, text) in &word {
            append(&mut line, *ink, text);
        }
        used += width;
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

fn append(line: &mut Vec<Piece>, ink: Ink, text: &str) {
    match line.last_mut() {
        Some((last, so_far)) if *last == ink => so_far.push_str(text),
        _ => line.push((ink, text.to_owned())),
    }
}

/// Words, each possibly of several looks: pieces that touch without a space are one word.
fn words(pieces: &[Piece]) -> Vec<Vec<Piece>> {
    let mut words: Vec<Vec<Piece>> = Vec::new();
    let mut word: Vec<Piece> = Vec::new();
    for (ink, text) in pieces {
        for c in neutral(text).chars() {
            if c == ' ' {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            } else {
                let mut buffer = [0; 4];
                let c = if c == STICKY { ' ' } else { c };
                append(&mut word, *ink, c.encode_utf8(&mut buffer));
            }
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn fit_word(word: Vec<Piece>, room: usize) -> Vec<Piece> {
    let width: usize = word.iter().map(|(_, text)| text.width()).sum();
    if width <= room {
        return word;
    }
    let ink = word.first().map_or(Ink::Plain, |(ink, _)| *ink);
    let text: String = word.iter().map(|(_, text)| text.as_str()).collect();
    vec![(ink, shorten(&text, room))]
}

/// At most `room` columns, an ellipsis in the middle where something was left out: both the start
/// of a long name and its suffix tell it from its neighbours.
pub(super) fn shorten(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    // Signs next to each other may be wider than each by itself.
    let short = |keep: usize| {
        let head = take_width(text.chars(), keep - keep / 2);
        let tail: String = take_width(text.chars().rev(), keep / 2).chars().rev().collect();
        format!("{head}…{tail}")
    };
    (0..room).rev().map(short).find(|short| short.width() <= room).unwrap_or_default()
}

fn take_width(chars: impl Iterator<Item = char>, room: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for c in chars {
        let mut buffer = [0; 4];
        let width = c.encode_utf8(&mut buffer).width();
        if used + width > room {
            break;
        }
        used += width;
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str, room: usize) -> Vec<String> {
        let pieces = [(Ink::Plain, text.to_owned())];
        wrap(&pieces, room, room).into_iter().map(|line| line.into_iter().map(|(_, t)| t).collect()).collect()
    }

    #[test]
    fn breaks_at_words_and_keeps_sticky_ones_together() {
        assert_eq!(plain("one two three", 9), ["one two", "three"]);
        assert_eq!(plain("see Service\u{a0}shop/web now", 18), ["see", "Service shop/web", "now"]);
    }

    #[test]
    fn a_word_longer_than_the_line_is_shortened_with_an_ellipsis() {
        assert_eq!(plain("abcdefghijklmnop", 9), ["abcd…mnop"]);
        assert_eq!(shorten("東京東京東京", 7), "東…京");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_room(text in "\\PC{0,200}", room in 5usize..90) {
            for line in plain(&text, room) {
                prop_assert!(line.width() <= room, "{line:?} in {room}");
            }
        }
    }
}
