//! Jira's wiki markup, for a description or a comment.
//!
//! What came from a cluster is text. Signs that the markup reads are escaped with a backslash (Jira's own help,
//! `secure/WikiRendererHelpAction.jspa?section=all`, "Advanced Formatting"). What a backslash does not stop, addresses,
//! issue keys, entities, smileys and the backslash itself, is parted by a word joiner (U+2060), which nobody sees.

use std::io::Write;

use super::neutral::{neutral, neutral_command};
use super::ticket::{self, Block, JOINER, Markup};
use super::{RenderError, RenderOptions};
use crate::report::Report;

/// Icons that Jira draws for a word in brackets.
const ICONS: &[&str] =
    &["y", "n", "i", "/", "x", "!", "+", "-", "?", "on", "off", "*", "*r", "*g", "*b", "*y", "flag", "flagoff"];

struct Jira;

impl Markup for Jira {
    /// Jira refuses longer descriptions and comments unless its administrator allowed them: 32,767 is the default of
    /// `jira.text.field.character.limit` (Atlassian, "Configuring advanced settings").
    const LIMIT: usize = 32_000;
    const FIRST: usize = 8_000;

    fn heading(&self, text: &str) -> String {
        format!("\nh3. {}\n\n", prose(text))
    }

    fn block(&self, block: &Block) -> String {
        match block {
            Block::Line(pieces) => format!("{}\n\n", self.line(pieces)),
            Block::Item(pieces) => format!("* {}\n", self.line(pieces)),
            Block::Commands(commands) => noformat(commands),
        }
    }

    fn note(&self, text: &str) -> String {
        format!("\n_{}_\n", prose(text))
    }

    fn prose(&self, text: &str) -> String {
        prose(text)
    }

    fn code(&self, text: &str) -> String {
        format!("{{{{{}}}}}", prose(text.trim()))
    }
}

/// The whole report.
pub(super) fn render(report: &Report, options: &RenderOptions, out: &mut dyn Write) -> Result<(), RenderError> {
    ticket::render(report, options, &Jira, out)
}

/// Running text. A value never stands at the start of a line, where more signs would act.
pub(super) fn prose(value: &str) -> String {
    let value: Vec<char> = neutral(value).chars().collect();
    let at = |i: usize| value.get(i).copied();
    let mut out = String::with_capacity(value.len() + 16);
    for (i, &c) in value.iter().enumerate() {
        let before = i.checked_sub(1).and_then(at);
        let next = at(i + 1);
        let within = |sign: fn(char) -> bool| before.is_some_and(sign) && next.is_some_and(sign);
        let active = match c {
            '{' | '}' | '[' | ']' | '|' | '*' | '^' | '~' | '!' => true,
            '?' => before == Some('?') || next == Some('?'),
            // Within a word, or alone between spaces, they are signs like any other.
            '-' | '+' | '_' => !within(char::is_alphanumeric) && !within(char::is_whitespace),
            _ => false,
        };
        if active {
            out.push('\\');
        }
        out.push(c);
        let parted = match c {
            '\\' => true,
            '&' => next.is_some_and(|n| n.is_ascii_alphanumeric() || n == '#'),
            '@' => next.is_some_and(char::is_alphanumeric),
            ':' | ';' => next.is_some_and(|n| "/)(DPpO|-'".contains(n)),
            '(' => is_icon(value.get(i + 1..).unwrap_or_default()),
            '-' => next.is_some_and(|n| n.is_ascii_digit()) && ends_with_key(value.get(..i).unwrap_or_default()),
            'w' | 'W' => next == Some('.') && ends_with_ww(value.get(..i).unwrap_or_default()),
            _ => false,
        };
        if parted {
            out.push(JOINER);
        }
    }
    out
}

/// `x)`, of `(x)`.
fn is_icon(rest: &[char]) -> bool {
    let end = rest.iter().take(8).position(|&c| c == ')');
    let word: Option<String> = end.and_then(|end| rest.get(..end)).map(|word| word.iter().collect());
    word.is_some_and(|word| ICONS.contains(&word.to_ascii_lowercase().as_str()))
}

/// The key of a project, of `SHOP-12`.
fn ends_with_key(before: &[char]) -> bool {
    let word: Vec<char> = before.iter().rev().copied().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    word.last().is_some_and(char::is_ascii_uppercase) && !word.iter().any(char::is_ascii_lowercase)
}

fn ends_with_ww(before: &[char]) -> bool {
    before.len() >= 2 && before.iter().rev().take(2).all(|c| c.eq_ignore_ascii_case(&'w'))
}

/// A block in which nothing is read but its own end.
fn noformat(lines: &[String]) -> String {
    let mut out = String::from("{noformat}\n");
    for line in lines {
        let line = neutral_command(line);
        let mut rest = &*line;
        while let Some(at) = rest.to_ascii_lowercase().find("{noformat") {
            let (head, tail) = rest.split_at(at + 1);
            out.push_str(head);
            out.push(JOINER);
            rest = tail;
        }
        out.push_str(rest);
        out.push('\n');
    }
    out.push_str("{noformat}\n");
    out
}

#[cfg(test)]
#[path = "jira_tests.rs"]
mod tests;
