//! Patterns of layer 7: a whole value has to match (Envoy's `safe_regex`, RE2 syntax). One that the library at hand
//! might read in another way is not decided.

use regex::bytes::{Regex, RegexBuilder};

use super::answer::{Missing, Truth};

/// RE2 accepts no greater count.
const MOST_REPEATS: u32 = 1000;

/// A compiled pattern; `None` where it might be read in another way.
#[derive(Debug, Clone)]
pub(super) struct Pattern(Option<Regex>);

impl Pattern {
    /// Of the text of a rule.
    pub(super) fn of(text: &str) -> Self {
        if !is_read_alike(text) {
            return Self(None);
        }
        let whole = format!("^(?:{text})$");
        Self(RegexBuilder::new(&whole).unicode(false).size_limit(1 << 20).build().ok())
    }

    /// Is the whole of it matched?
    pub(super) fn matches<'s>(&self, value: &str) -> Truth<'s> {
        match &self.0 {
            // Outside of printable ASCII libraries differ in what a character is.
            Some(pattern) if value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) => {
                Truth::of(pattern.is_match(value.as_bytes()))
            }
            _ => Truth::Unknown(Missing::Pattern),
        }
    }
}

/// Does RE2 read it as the library at hand does? Only what both document alike is taken
/// (RE2 syntax, github.com/google/re2/wiki/Syntax; docs.rs/regex, "Syntax").
fn is_read_alike(text: &str) -> bool {
    if !text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return false;
    }
    let mut rest = text;
    // What came before: nothing that a repetition may follow, something, or a repetition.
    let mut before = Before::Nothing;
    while let Some(first) = rest.chars().next() {
        let tail = &rest[1..];
        let (used, now) = match first {
            '\\' => match tail.chars().next() {
                Some(c) if is_common_escape(c) => (2, Before::Something),
                _ => return false,
            },
            '[' => match class(tail) {
                Some(length) => (1 + length, Before::Something),
                None => return false,
            },
            '(' => match group(tail) {
                Some(length) => (1 + length, Before::Nothing),
                None => return false,
            },
            '*' | '+' if before == Before::Something => (1, Before::Repeated),
            '?' if before == Before::Something => (1, Before::Repeated),
            // Once, it makes the repetition lazy, which changes nothing about whole matches.
            '?' if before == Before::Repeated => (1, Before::Lazy),
            '*' | '+' | '?' => return false,
            '{' => match counts(tail) {
                Some(length) if before == Before::Something => (1 + length, Before::Repeated),
                _ => return false,
            },
            '|' => (1, Before::Nothing),
            '^' | '$' => (1, Before::Anchor),
            _ => (1, Before::Something),
        };
        rest = &rest[used..];
        before = now;
    }
    true
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Something,
    Repeated,
    Lazy,
    Anchor,
}

/// Punctuation, and the classes and anchors that both know.
const fn is_common_escape(c: char) -> bool {
    matches!(c, 'd' | 'D' | 's' | 'S' | 'w' | 'W' | 't' | 'n' | 'r')
        || (c.is_ascii_punctuation() && !matches!(c, '<' | '>'))
}

/// The length of a class behind its bracket.
fn class(text: &str) -> Option<usize> {
    let mut at = usize::from(text.starts_with('^'));
    // A bracket that stands first is itself.
    if text[at..].starts_with(']') {
        at += 1;
    }
    loop {
        let rest = &text[at..];
        let mut chars = rest.chars();
        match (chars.next()?, chars.next()) {
            (']', _) => return Some(at + 1),
            ('[', Some(':')) => {
                let end = rest.find(":]")?;
                at += end + 2;
            }
            // Sets within sets and their operators are known to one of them only.
            ('[', _) | ('&', Some('&')) | ('-', Some('-')) | ('~', Some('~')) => return None,
            ('\\', Some(c)) if is_common_escape(c) => at += 2,
            ('\\', _) => return None,
            _ => at += 1,
        }
    }
}

/// The length of what stands behind the bracket of a group.
fn group(text: &str) -> Option<usize> {
    let Some(rest) = text.strip_prefix('?') else { return Some(0) };
    if rest.starts_with("P<") {
        return Some(1 + rest.find('>')? + 1);
    }
    let end = rest.find([':', ')'])?;
    let flags = &rest[..end];
    // `x` and `u` are known to one of them only.
    flags.chars().all(|c| matches!(c, 'i' | 's' | '-')).then_some(1 + end + usize::from(rest[end..].starts_with(':')))
}

/// The length of counts behind their bracket: `3}`, `3,}`, `3,5}`.
fn counts(text: &str) -> Option<usize> {
    let end = text.find('}')?;
    let (from, to) = match text[..end].split_once(',') {
        None => (&text[..end], None),
        Some((from, to)) => (from, Some(to).filter(|to| !to.is_empty())),
    };
    let number = |text: &str| text.parse::<u32>().ok().filter(|n| *n <= MOST_REPEATS && !text.starts_with('+'));
    let from = number(from)?;
    match to {
        None => Some(end + 1),
        Some(to) => (number(to)? >= from).then_some(end + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_value_has_to_match() {
        for (pattern, value, expected) in [
            ("/public$", "/public", true),
            ("/public", "/public/a", false),
            ("/v1/.*", "/v1/a/b", true),
            ("GET|HEAD", "HEAD", true),
            ("GET|HEAD", "GETS", false),
            ("(?i)get", "GET", true),
            ("/[a-z]{2,3}/\\d+", "/ab/42", true),
            ("/[^/]+", "/a/b", false),
            (".*\\.example\\.com", "a.example.com", true),
            ("a{2}", "aa", true),
            ("", "", true),
        ] {
            assert_eq!(Pattern::of(pattern).matches(value), Truth::of(expected), "{pattern} {value}");
        }
    }

    #[test]
    fn what_libraries_read_differently_is_not_decided() {
        for pattern in [
            "a**", "a++", "*a", "a{2}{3}", "a{,3}", "a{1001}", "[a&&b]", "[a[b]]", "\\pL", "\\Qa\\E", "(?x) a",
            "(?u)a", "(?=a)", "a\\<", "(", "é", "[a--b]", "\\1", "{",
        ] {
            assert_eq!(Pattern::of(pattern).matches("a"), Truth::Unknown(Missing::Pattern), "{pattern}");
        }
        assert_eq!(Pattern::of(".").matches("é"), Truth::Unknown(Missing::Pattern));
    }
}
