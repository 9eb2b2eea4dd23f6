//! A text without what lets somebody in.

use std::ops::Range;

use super::names::{is_setter, names_credential};
use super::pairs::{Next, inspect, is_scheme, says_nothing};
use super::{MASK, is_ordinary};

/// What a private key, and anything else in PEM that is not public, begins and ends with (RFC 7468).
const BEGIN: &str = "-----BEGIN ";

/// The text with [`MASK`] for every secret in it; none where there is none.
#[must_use]
pub fn mask(text: &str) -> Option<String> {
    mask_with(text, |_| MASK.to_owned())
}

/// The same, with whatever stands for a secret.
#[must_use]
pub fn mask_with(text: &str, with: impl Fn(&str) -> String) -> Option<String> {
    let (mut found, mut public) = (Vec::new(), Vec::new());
    keys(text, &mut found, &mut public);
    Walk {
        text,
        found: &mut found,
        public: &public,
        next: Next::Any,
        named: false,
        before: "",
        mysql: text.contains("mysql"),
    }
    .words();
    if found.is_empty() {
        return None;
    }
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in found {
        if range.end <= at {
            continue;
        }
        if range.start >= at {
            out.push_str(text.get(at..range.start).unwrap_or_default());
            out.push_str(&with(text.get(range.clone()).unwrap_or_default()));
        }
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    (out != text).then_some(out)
}

/// Private keys, up to their end or the end of the text; and what is public in the same form.
fn keys(text: &str, found: &mut Vec<Range<usize>>, public: &mut Vec<Range<usize>>) {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(BEGIN)).map(|at| from + at) {
        let rest = text.get(at..).unwrap_or_default();
        let label = rest.get(BEGIN.len()..).unwrap_or_default();
        let label = label.split("-----").next().unwrap_or_default();
        let end = rest.find("-----END ").map_or(rest.len(), |end| {
            let after = rest.get(end + 9..).unwrap_or_default();
            after.find("-----").map_or(rest.len(), |close| end + 9 + close + 5)
        });
        from = at + BEGIN.len();
        if label.contains("PRIVATE") || label.contains("ENCRYPTED") {
            found.push(at..at + end);
            from = at + end;
        } else if label == "CERTIFICATE" || label.ends_with("PUBLIC KEY") {
            public.push(at..at + end);
        }
    }
}

/// Words that follow the name of a scheme in a sentence. Every other word there is what was sent.
#[rustfmt::skip]
const AFTER_SCHEME: &[&str] = &[
    "", "token", "tokens", "auth", "authentication", "authorization", "scheme", "schemes", "header", "headers", "is", "was",
    "are", "were", "has", "and", "or", "not", "challenge", "credentials", "credential", "user", "users", "method", "key",
    "realm", "required", "missing", "invalid", "error", "for", "from", "in", "with", "access", "prefix", "to", "may", "by",
    "configuration", "support", "however", "that", "as", "of",
];

struct Walk<'t, 'f> {
    text: &'t str,
    found: &'f mut Vec<Range<usize>>,
    /// Certificates and public keys: nothing in them is a secret.
    public: &'f [Range<usize>],
    next: Next,
    /// `name: X-Api-Key` was said: the `value` that follows is a secret.
    named: bool,
    /// The word before.
    before: &'t str,
    /// Its `-p` takes a password without a space (<https://dev.mysql.com/doc/refman/8.4/en/connecting.html>).
    mysql: bool,
}

fn separates(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | ',' | ';' | '|')
}

impl<'t> Walk<'t, '_> {
    fn words(&mut self) {
        let mut at = 0;
        while let Some(rest) = self.text.get(at..).filter(|rest| !rest.is_empty()) {
            let Some(skip) = rest.find(|c| !separates(c)) else { break };
            let start = at + skip;
            let gap = self.text.get(at..start).unwrap_or_default();
            let word = self.text.get(start..).unwrap_or_default();
            let length = word.find(separates).unwrap_or(word.len());
            if let Some(public) = self.public.iter().find(|public| public.contains(&start)) {
                self.next = Next::Any;
                at = public.end.max(start + length);
                continue;
            }
            if gap.contains('\n') && self.next == Next::Rest {
                self.next = Next::Any;
            }
            at = self.word(gap, start..start + length).max(start + length);
        }
    }

    /// Looks at one word, and says from where to go on.
    fn word(&mut self, gap: &'t str, range: Range<usize>) -> usize {
        let word = self.text.get(range.clone()).unwrap_or_default();
        let before = std::mem::replace(&mut self.before, word);
        match std::mem::replace(&mut self.next, Next::Any) {
            Next::Any => {}
            // The sign of an assignment that stands by itself; a flag has no value.
            asked if matches!(word.trim_matches('\\'), "" | ":" | "=" | ":=" | "=>" | "==") => {
                self.before = before;
                self.next = if asked == Next::Prose && word.contains('=') { Next::Value } else { asked };
                return range.end;
            }
            asked if is_scheme(word) => {
                self.next = if asked == Next::Rest { Next::Rest } else { Next::Value };
                return range.end;
            }
            Next::Rest => {
                let end = self.end_of_rest(gap, range.start);
                self.hide(range.start..end);
                return end;
            }
            Next::Value if !(word.starts_with("--") && gap.trim_matches(' ').is_empty()) => {
                let end = self.end_of_value(gap, &range);
                self.hide(range.start..end);
                return end;
            }
            Next::Prose if !is_ordinary(word) && !gap.contains('\n') => {
                let quoted = gap.ends_with(['"', '\'', '`']);
                // In prose what stands in quotes behind a name may be the name of anything; its shape decides.
                if !quoted
                    || self.text.get(..range.start).is_some_and(|t| t.ends_with("\":\"") || t.ends_with("\": \""))
                {
                    let end = self.end_of_value(gap, &range);
                    self.hide(range.start..end);
                    return end;
                }
            }
            Next::Value | Next::Prose => {}
        }
        self.settle(word, before, gap, &range);
        range.end
    }

    /// What a word says of those after it.
    fn settle(&mut self, word: &'t str, before: &'t str, gap: &str, range: &Range<usize>) {
        if self.mysql && word.starts_with("-p") && word.len() > 2 && !word.starts_with("-p=") {
            self.hide(range.start + 2..range.end);
        }
        self.next = inspect(self.text, range.clone(), before.eq_ignore_ascii_case("query"), self.found);
        if self.next != Next::Any {
            return;
        }
        let name = word.trim_end_matches([':', '=']);
        let bare = name.trim_matches('\\');
        let follows = self.text.get(range.end..).unwrap_or_default();
        let assigned = {
            let rest = follows.trim_start_matches(['"', '\'', '\\', ' ']);
            (rest.starts_with(':') && !rest.starts_with("://")) || rest.starts_with('=')
        };
        if matches!(before.trim_end_matches([':', '=']), "name" | "key" | "header" | "headerName" | "Name" | "Key")
            && before != word
        {
            self.named = names_credential(name);
        }
        let is_value =
            matches!(name, "value" | "values" | "exact" | "prefix" | "regex" | "contains" | "suffix" | "Value");
        if self.named && is_value && (word != name || assigned) {
            self.next = Next::Value;
        } else if word == name && names_credential(bare) && (assigned || !is_scheme(word)) {
            let quoted_key = gap.ends_with(['"', '\'']) && follows.starts_with(['"', '\'', '\\']);
            self.next = if assigned && quoted_key {
                Next::Value
            } else if assigned {
                Next::Prose
            } else if word.starts_with('-') || (is_setter(before) && !follows.starts_with(',')) {
                Next::Value
            } else {
                Next::Any
            };
        } else if matches!(word, "-u" | "--user") {
            // curl's, wget's: `user:password` (https://curl.se/docs/manpage.html#-u).
            let value = follows.trim_start_matches([' ', '"', '\'']);
            if value.split(separates).next().is_some_and(|value| value.contains(':')) {
                self.next = Next::Value;
            }
        } else if word == "Basic" || word.eq_ignore_ascii_case("bearer") {
            let value = follows.trim_start_matches([' ', '"', '\'', '\\']);
            let value = value.split(separates).next().unwrap_or_default();
            if !follows.starts_with('\n')
                && !value.contains('=')
                && !AFTER_SCHEME.contains(&value.trim_end_matches(['.', ':']))
            {
                self.next = Next::Value;
            }
        }
    }

    fn hide(&mut self, range: Range<usize>) {
        if self.text.get(range.clone()).is_some_and(|value| !says_nothing(value)) {
            self.found.push(range);
        }
    }

    /// A value in quotes ends with the quote, another with its word or with the next parameter.
    fn end_of_value(&self, gap: &str, range: &Range<usize>) -> usize {
        let rest = self.text.get(range.start..).unwrap_or_default();
        match gap.chars().next_back() {
            Some(quote @ ('"' | '\'' | '`')) => {
                let line = rest.find('\n').unwrap_or(rest.len());
                rest.find(quote).filter(|&end| end <= line).map_or(range.end, |end| {
                    range.start + rest.get(..end).map_or(end, |value| value.trim_end_matches('\\').len())
                })
            }
            _ => range.end,
        }
    }

    /// The rest of a header: to the quote that it stands in, else to the end of the line.
    fn end_of_rest(&self, gap: &str, start: usize) -> usize {
        let rest = self.text.get(start..).unwrap_or_default();
        let line = rest.find('\n').unwrap_or(rest.len());
        let own = gap.chars().next_back().filter(|c| matches!(c, '"' | '\'' | '`'));
        let end = match own {
            Some(quote) => rest.find(quote),
            None => rest.find(['"', '\'', '`']),
        };
        start + end.map_or(line, |end| end.min(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_the_words_around_them_stay() {
        for (text, left) in [
            ("password=hunter2 for bob", "password=*** for bob"),
            ("Authorization: Bearer abc", "Authorization: Bearer ***"),
            ("got 401 with Bearer abc from x", "got 401 with Bearer *** from x"),
            ("GET https://u:p@h/x?a=1&sig=abc&b=2 failed", "GET https://***@h/x?a=1&sig=***&b=2 failed"),
            ("{\"clientSecret\":\"a b\",\"port\":80}", "{\"clientSecret\":\"***\",\"port\":80}"),
            ("--token hunter2 --port 80", "--token *** --port 80"),
            ("--token --port 80", "--token --port 80"),
            ("- {name: X-Api-Key, value: hunter2}", "- {name: X-Api-Key, value: ***}"),
            ("name: X-Api-Key\nvalue: \"hunter2\"\nport: 80", "name: X-Api-Key\nvalue: \"***\"\nport: 80"),
            ("pull with ghp_abcdefghijk: denied", "pull with ***: denied"),
            ("root:hunter2@tcp(db:3306)/shop", "root:***@tcp(db:3306)/shop"),
            ("mysqladmin -phunter2 ping", "mysqladmin -p*** ping"),
            ("curl -u bob:hunter2 http://x/", "curl -u *** http://x/"),
            ("set $secret hunter2;", "set $secret ***;"),
            ("Header(`X-Api-Key`, `hunter2`)", "Header(`X-Api-Key`, `***`)"),
            ("token: hunter2", "token: ***"),
            ("{\\\"token\\\":\\\"hunter2\\\"}", "{\\\"token\\\":\\\"***\\\"}"),
            ("Cookie: a=b; c=d\nHost: x", "Cookie: ***\nHost: x"),
            ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nrest", "***\nrest"),
            ("id_token%3Dhunter2", "id_token%3D***"),
            ("AWS_SECRET_ACCESS_KEY = hunter2", "AWS_SECRET_ACCESS_KEY = ***"),
        ] {
            let masked = mask_with(text, |_| "***".to_owned());
            assert_eq!(masked.as_deref().unwrap_or(text), left, "{text}");
        }
    }

    #[test]
    fn ordinary_texts_stay_as_they_are() {
        for text in [
            "http://web.shop:80/a@b",
            "10.0.0.1",
            "Basic auth is off",
            "user@example.com",
            "secret \"web-tls\" not found",
            "failed to fetch oauth token: unexpected status: 401 Unauthorized",
            "Access denied for user 'root'@'10.0.0.1' (using password: YES)",
            "nginx:1.25@sha256:3f1c9a2b7d6e4f508192a3b4c5d6e7f8a9b0c1d2e3f405162738495a6b7c8d9e",
            "MountVolume.SetUp failed for volume \"kube-api-access-7x2bq\" : object \"shop\"/\"kube-root-ca.crt\" not registered",
            "token-service:1.2.3",
            "nginx.ingress.kubernetes.io/auth-secret: shop/basic-auth",
            "password: $(DB_PASSWORD)",
            "the bearer token has expired",
            "kubectl get secret web-tls -n shop -o yaml",
        ] {
            assert_eq!(mask(text), None, "{text}");
        }
    }
}
