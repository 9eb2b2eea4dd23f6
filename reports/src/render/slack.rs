//! Slack's mrkdwn: the text of one message, as `chat.postMessage` and incoming webhooks take it.
//!
//! `&`, `<` and `>` are the only signs that mrkdwn can escape (Slack, "Formatting text for app surfaces"): with them
//! nothing mentions anybody and nothing hides where a link leads. Signs of formatting have no escape: outside of words a
//! look-alike stands in their place. A word joiner (U+2060) parts what would still be found: addresses, `@here`, `:emoji:`.

use std::io::Write;

use super::neutral::{neutral, neutral_command};
use super::ticket::{self, Block, JOINER, Markup};
use super::{RenderError, RenderOptions};
use crate::report::Report;

struct Slack;

impl Markup for Slack {
    /// Slack asks for 4,000 characters at most, may divide what is longer, and cuts at 40,000 (Slack, "Truncating really
    /// long messages").
    const LIMIT: usize = 4_000;
    /// The text of a section block takes 3,000 (Slack, "Block Kit: section block"): the first screen fits one.
    const FIRST: usize = 3_000;

    fn heading(&self, text: &str) -> String {
        format!("\n*{}*\n", prose(text))
    }

    fn block(&self, block: &Block) -> String {
        match block {
            Block::Line(pieces) => format!("{}\n", self.line(pieces)),
            Block::Item(pieces) => format!("• {}\n", self.line(pieces)),
            Block::Commands(commands) => {
                let lines: Vec<String> = commands.iter().map(|command| verbatim(&neutral_command(command))).collect();
                format!("```\n{}\n```\n", lines.join("\n"))
            }
        }
    }

    fn note(&self, text: &str) -> String {
        format!("{}\n", prose(text))
    }

    fn prose(&self, text: &str) -> String {
        prose(text)
    }

    fn code(&self, text: &str) -> String {
        format!("`{}`", verbatim(neutral(text).trim()))
    }
}

/// The whole report.
pub(super) fn render(report: &Report, options: &RenderOptions, out: &mut dyn Write) -> Result<(), RenderError> {
    ticket::render(report, options, &Slack, out)
}

/// What stands in a code span or block: only the three signs, and the end of the span.
fn verbatim(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    for c in value.chars() {
        match c {
            '`' => out.push('‵'),
            _ => escape(c, &mut out),
        }
    }
    out
}

fn escape(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        _ => out.push(c),
    }
}

/// Running text.
pub(super) fn prose(value: &str) -> String {
    let value: Vec<char> = neutral(value).chars().collect();
    let at = |i: usize| value.get(i).copied();
    let mut out = String::with_capacity(value.len() + 16);
    for (i, &c) in value.iter().enumerate() {
        let before = i.checked_sub(1).and_then(at);
        let next = at(i + 1);
        let in_word = before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
        match c {
            '*' => out.push('∗'),
            '~' => out.push('∼'),
            '`' => out.push('‵'),
            '_' if !in_word => out.push('＿'),
            _ => escape(c, &mut out),
        }
        let www = |i: usize| {
            value
                .get(..i)
                .is_some_and(|head| head.iter().rev().take(2).filter(|c| **c == 'w' || **c == 'W').count() == 2)
        };
        let parted = match c {
            '@' | '#' => next.is_some_and(char::is_alphanumeric),
            ':' => next == Some('/') || is_emoji(value.get(i + 1..).unwrap_or_default()),
            'w' | 'W' => next == Some('.') && www(i),
            _ => false,
        };
        if parted {
            out.push(JOINER);
        }
    }
    out
}

/// `fire:`, of `:fire:`.
fn is_emoji(rest: &[char]) -> bool {
    let name = rest.iter().take_while(|c| c.is_ascii_alphanumeric() || "_+-'".contains(**c)).count();
    name > 0 && rest.get(name) == Some(&':')
}

#[cfg(test)]
#[path = "slack_tests.rs"]
mod tests;
