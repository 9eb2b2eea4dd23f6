//! Values in Markdown: nothing from a dump may format, link, ping, refer or break out of its place.
//!
//! The rules are those of `CommonMark` 0.31 and GitHub Flavored Markdown, and the references that
//! GitHub and GitLab find in text after rendering (mentions, `#1`, `!1`, `~label`, `GH-1`), which a
//! backslash does not stop: there a word joiner (U+2060) parts the sign from what follows.

use crate::render::neutral::{neutral, neutral_command};

/// Parts a sign from the word it would refer to; invisible, and no line breaks there.
pub(super) const JOINER: char = '\u{2060}';

/// Signs that Markdown or one of its extensions reads inside a line. Those that act only at the start
/// of a line are left alone: a value never stands there.
const ACTIVE: &str = r"\`*_[]<>|~&#@!$^";

/// Running text, also inside a table cell.
pub(super) fn prose(value: &str) -> String {
    let value = neutral(value);
    let mut out = String::with_capacity(value.len() + 16);
    let mut chars = value.chars().peekable();
    let mut before = ['\0'; 3];
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        if ACTIVE.contains(c) {
            out.push('\\');
        }
        out.push(c);
        let refers = matches!(c, '@' | '#' | '!' | '$' | '%' | '~' | '&' | '^')
            && next.is_some_and(|n| n.is_alphanumeric() || matches!(n, '_' | '"' | '{' | '('));
        let starts_address = (c == ':' && next == Some('/'))
            || (c.eq_ignore_ascii_case(&'w')
                && next == Some('.')
                && before[1..].iter().all(|b| b.eq_ignore_ascii_case(&'w')));
        let old_style = c == '-'
            && before[1].eq_ignore_ascii_case(&'g')
            && before[2].eq_ignore_ascii_case(&'h')
            && next.is_some_and(|n| n.is_ascii_digit());
        if refers || starts_address || old_style {
            out.push(JOINER);
        }
        before = [before[1], before[2], c];
    }
    out
}

/// A code span: its fence of backticks is longer than any run inside.
pub(super) fn code(value: &str) -> String {
    code_span(&neutral(value))
}

/// A code span inside a table cell. A pipe would end the cell even inside a span, so a value with
/// one is spelled with character references instead.
pub(super) fn code_cell(value: &str) -> String {
    let value = neutral(value);
    if !value.contains('|') {
        return code_span(&value);
    }
    html_code(&value)
}

fn code_span(value: &str) -> String {
    if value.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let ticks = "`".repeat(longest_run(value) + 1);
    // One space on each side is dropped by the reader, and parts the value's own backticks from ours.
    let pad = value.starts_with(['`', ' ']) || value.ends_with(['`', ' ']);
    let pad = if pad { " " } else { "" };
    format!("{ticks}{pad}{value}{pad}{ticks}")
}

/// `<code>` for places where Markdown is not read (a `<summary>`) and where it is: every ASCII sign
/// is a character reference, so neither HTML nor Markdown sees one.
pub(super) fn html_code(value: &str) -> String {
    let mut out = String::from("<code>");
    for c in neutral(value).chars() {
        if c.is_ascii_punctuation() && !matches!(c, '-' | '.' | '/' | ',') {
            out.push_str(&format!("&#{};", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out.push_str("</code>");
    out
}

/// A fenced block; every line is one value, made neutral.
pub(super) fn fence(language: &str, lines: &[String]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| neutral_command(line)).collect();
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let ticks = "`".repeat(longest.max(2) + 1);
    let mut out = format!("{ticks}{language}\n");
    for line in &lines {
        out.push_str(line);
        out.push('\n');
    }
    out.push_str(&ticks);
    out.push('\n');
    out
}

fn longest_run(value: &str) -> usize {
    value.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
#[path = "escape_tests.rs"]
mod tests;
