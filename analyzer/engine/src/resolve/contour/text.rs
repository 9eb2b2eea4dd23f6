//! Texts as Go reads them: durations, header names, patterns.

use serde_json::Value;

/// A text in a policy; empty where there is none.
pub fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A list in a policy.
pub fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Is there something?
pub(super) fn has(value: &Value, key: &str) -> bool {
    value.get(key).is_some_and(|value| !value.is_null())
}

/// Is it a duration of Go (`time.ParseDuration`)?
pub(super) fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let mut parts = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let is_number = number.bytes().any(|b| b.is_ascii_digit()) && number.matches('.').count() <= 1;
        let unit = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"].into_iter().find(|unit| {
            // `m` is no minute where `ms` stands.
            after.starts_with(unit) && !(*unit == "m" && after.starts_with("ms"))
        });
        let Some(unit) = unit.filter(|_| is_number) else { return false };
        rest = after.get(unit.len()..).unwrap_or_default();
        parts += 1;
    }
    parts > 0
}

/// Is it a timeout of Contour (`timeout.Parse`)?
pub(super) fn is_timeout(text: &str) -> bool {
    matches!(text, "" | "infinity" | "infinite") || is_duration(text)
}

/// Is it the name of a header (`validation.IsHTTPHeaderName`)?
pub(super) fn is_header(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// What makes a pattern certainly none of RE2's. `None` says nothing.
pub(super) fn pattern_fault(pattern: &str) -> Option<&'static str> {
    let (mut groups, mut class, mut may_repeat) = (0_u32, None, false);
    let mut characters = pattern.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if c == '\\' {
            if characters.next().is_none() {
                return Some("it ends in a backslash");
            }
            may_repeat = true;
            continue;
        }
        if let Some(begin) = class {
            // A bracket right behind the opening one stands for itself.
            let inner = pattern.get(begin + 1..at).unwrap_or_default();
            if c == ']' && !matches!(inner, "" | "^") {
                class = None;
                may_repeat = true;
            }
            continue;
        }
        match c {
            '[' => class = Some(at),
            '(' => {
                groups += 1;
                let rest = pattern.get(at + 1..).unwrap_or_default();
                if ["?=", "?!", "?<=", "?<!"].iter().any(|look| rest.starts_with(look)) {
                    return Some("it looks ahead or behind, which RE2 does not know");
                }
                may_repeat = false;
                if rest.starts_with('?') {
                    characters.next();
                }
            }
            ')' => {
                let Some(left) = groups.checked_sub(1) else { return Some("it closes a group that is not open") };
                groups = left;
                may_repeat = true;
            }
            '*' | '+' | '?' if !may_repeat => return Some("it repeats nothing"),
            '|' => may_repeat = false,
            _ => may_repeat = true,
        }
    }
    if class.is_some() {
        Some("it opens a class that is not closed")
    } else if groups > 0 {
        Some("it opens a group that is not closed")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{is_duration, is_timeout, pattern_fault};

    #[test]
    fn durations_are_those_of_go() {
        for good in ["1s", "1.5h", "2m30s", "100ms", "0", "-1s", ".5s", "9us"] {
            assert!(is_duration(good), "{good}");
        }
        for bad in ["", "1", "s", "1x", "peanut", "1s ", "1 s", "1.2.3s", "invalid"] {
            assert!(!is_duration(bad), "{bad}");
        }
        assert!(is_timeout("") && is_timeout("infinity") && !is_timeout("soon"));
    }

    #[test]
    fn only_what_is_certainly_no_pattern_is_called_none() {
        for good in ["/v[0-9]+", "/(a|b)?", "a\\(b", "[]a]", "[^]]*", "(?i)x", "(?P<n>x)*", "^/x.*$", "a{2}"] {
            assert_eq!(pattern_fault(good), None, "{good}");
        }
        for bad in ["(", "a)", "[a", "*a", "a|+", "(?=x)", "x\\", "(*)"] {
            assert!(pattern_fault(bad).is_some(), "{bad}");
        }
    }
}
