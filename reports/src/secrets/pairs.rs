//! One word of a text, cut where names and values are: `--password=x`, `https://u:p@h/?sig=x`, `"token":"x"`.

use std::ops::Range;

use super::names::{names_credential, names_in_query, names_secret_object};
use super::shapes::{is_random, known_at};
use super::{MASK, is_ordinary};

/// What the words after one are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing in particular.
    Any,
    /// A value that lets somebody in.
    Value,
    /// The same in prose: a word of the vocabulary is none.
    Prose,
    /// Everything up to the end of the line or the quote: a header.
    Rest,
}

/// Schemes of HTTP authentication (<https://www.iana.org/assignments/http-authschemes>), and two that are used as such.
const SCHEMES: [&str; 7] = ["bearer", "basic", "digest", "negotiate", "token", "apikey", "aws4-hmac-sha256"];

pub(super) fn is_scheme(word: &str) -> bool {
    word.len() <= 16 && SCHEMES.iter().any(|scheme| scheme.eq_ignore_ascii_case(word))
}

/// Values that say nothing: empty, switches, references to variables, masks.
pub(super) fn says_nothing(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'', ' ', '\\']);
    let variable = value.strip_prefix('$').is_some_and(|name| {
        let name = name.trim_matches(['(', ')', '{', '}']);
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit())
    });
    variable
        || value.contains(MASK)
        || value.bytes().all(|b| b == b'*')
        || value.starts_with("{{")
        || matches!(
            value,
            "" | "true" | "false" | "null" | "nil" | "<nil>" | "none" | "YES" | "NO" | "yes" | "no" | "-"
        )
}

/// `shop/basic-auth`: it may be the name of a Secret, and need not be one.
fn names_object(value: &str) -> bool {
    value.len() <= 253
        && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'/' | b','))
        && value.split(['/', ',']).all(|part| !part.is_empty())
}

/// What of a word goes, and what its end says of the words after it.
pub(super) fn inspect(text: &str, word: Range<usize>, in_query: bool, found: &mut Vec<Range<usize>>) -> Next {
    let Some(whole) = text.get(word.clone()) else { return Next::Any };
    userinfo(whole, word.start, found);
    let next = named(whole, word.start, in_query, found);
    shaped(whole, word.start, found);
    next
}

/// `user:password@` of a URL (RFC 3986 section 3.2.1), and of a data source name (`user:password@tcp(host)/db`).
fn userinfo(word: &str, from: usize, found: &mut Vec<Range<usize>>) {
    let mut at = 0;
    let mut is_url = false;
    while let Some(start) = word.get(at..).and_then(|rest| rest.find("://")).map(|n| at + n + 3) {
        is_url = true;
        let rest = word.get(start..).unwrap_or_default();
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        if let Some((user, _)) = authority.rsplit_once('@')
            && (user.contains(':') || user.len() >= 16 || known_at(user).is_some())
            && !says_nothing(user)
        {
            found.push(from + start..from + start + user.len());
        }
        at = start;
    }
    let after = word.rsplit_once('@');
    if let Some((before, _)) = after.filter(|(before, host)| {
        !is_url
            && !before.contains('/')
            && !host.starts_with("sha256:")
            && !host.starts_with("sha512:")
            && !host.is_empty()
    }) && let Some((user, password)) = before.split_once(':')
        && !user.is_empty()
        && !password.is_empty()
        && !user.eq_ignore_ascii_case("mailto")
    {
        found.push(from + user.len() + 1..from + before.len());
    }
}

/// `name=value` and `name:value`, in a query one after another.
fn named(word: &str, from: usize, mut in_query: bool, found: &mut Vec<Range<usize>>) -> Next {
    let mut at = 0;
    let mut next = Next::Any;
    for piece in word.split_inclusive(['?', '&', '#']) {
        let end_of_piece = piece.trim_end_matches(['?', '&', '#']);
        next = pair(end_of_piece, from + at, in_query, found);
        in_query |= piece.ends_with(['?', '&', '#']);
        at += piece.len();
    }
    next
}

fn pair(piece: &str, from: usize, in_query: bool, found: &mut Vec<Range<usize>>) -> Next {
    // The colon of a scheme or of a port is none of a name.
    let colon = piece.find(':').filter(|&n| !piece.get(n..).is_some_and(|rest| rest.starts_with("://")));
    let encoded = piece.find("%3D").or_else(|| piece.find("%3d"));
    let (at, width, assigns) = match (piece.find('='), colon, encoded) {
        (Some(equals), Some(colon), _) if colon < equals => (colon, 1, false),
        (Some(equals), _, _) => (equals, 1, true),
        (None, Some(colon), _) => (colon, 1, false),
        (None, None, Some(encoded)) => (encoded, 3, true),
        // `X-Api-Key~x`: how paths write a pattern.
        (None, None, None) => match piece.find('~').filter(|&n| names_credential(piece.get(..n).unwrap_or_default())) {
            Some(tilde) => (tilde, 1, true),
            None => return Next::Any,
        },
    };
    let (name, value) = (piece.get(..at).unwrap_or_default(), piece.get(at + width..).unwrap_or_default());
    let value_from = from + at + width;
    let credential = if in_query { names_in_query(name) } else { names_credential(name) };
    if !credential {
        // `a:password=x`, `map[token:x`
        return if value.contains(['=', ':']) { pair(value, value_from, in_query, found) } else { Next::Any };
    }
    if value.is_empty() || value == ">" || (value == "=" && !assigns) {
        return match (assigns || value == "=", is_header(name)) {
            (false, true) => Next::Rest,
            (true, _) => Next::Value,
            (false, false) => Next::Prose,
        };
    }
    if says_nothing(value) {
        return Next::Any;
    }
    if is_scheme(value) {
        return Next::Value;
    }
    let flag = name.starts_with('-');
    let object = names_secret_object(name) && !flag && !assigns && names_object(value);
    let said = !assigns && (is_ordinary(value) || value.bytes().all(|b| b.is_ascii_digit()));
    if !object && !said {
        found.push(value_from..value_from + value.len());
    }
    Next::Any
}

/// A header whose whole value goes.
fn is_header(name: &str) -> bool {
    let name = name.rsplit(['/', '"', '\'']).next().unwrap_or(name).to_ascii_lowercase();
    matches!(name.as_str(), "authorization" | "proxy-authorization" | "cookie" | "set-cookie" | "x-api-key")
}

/// Tokens of known makers, and what looks drawn at random.
fn shaped(word: &str, from: usize, found: &mut Vec<Range<usize>>) {
    let mut at = 0;
    let mut boundary = true;
    while let Some(rest) = word.get(at..).filter(|rest| !rest.is_empty()) {
        if boundary && let Some(length) = known_at(rest) {
            found.push(from + at..from + at + length);
            at += length;
            continue;
        }
        let Some(c) = rest.chars().next() else { break };
        boundary = !c.is_ascii_alphanumeric();
        at += c.len_utf8();
    }
    let mut start = 0;
    for part in word.split(['/', ':', '=', '&', '?', '#', '@', '%', '\\', '$', '*', '^', '!']) {
        if is_random(part) && !is_hashed_name(word, part) {
            found.push(from + start..from + start + part.len());
        }
        start += part.len() + 1;
    }
}

/// What stands behind the word of a digest is one, in whatever form.
fn is_hashed_name(word: &str, part: &str) -> bool {
    ["sha256:", "sha512:", "sha1:", "md5:"].iter().any(|digest| {
        word.find(digest).is_some_and(|at| word.get(at + digest.len()..).is_some_and(|rest| rest.starts_with(part)))
    })
}
