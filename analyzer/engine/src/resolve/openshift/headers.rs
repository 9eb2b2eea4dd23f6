//! Header actions of a Route, as the API server checks them.
//!
//! Source: `openshift/library-go` `pkg/route/validation/validation.go` (`validateHeaders`).

use std::collections::HashSet;

use kubereach_model::snapshot::model::HeaderAction;

/// What is wrong with a list of actions (`request` or `response`), by the place in it.
pub fn faults(which: &str, actions: &[HeaderAction]) -> Vec<(usize, String)> {
    const MOST: usize = 20;
    if actions.len() > MOST {
        return vec![(MOST, format!("it changes more than {MOST} {which} headers"))];
    }
    let fetcher = if which == "request" { "req.hdr(" } else { "res.hdr(" };
    let mut names = HashSet::new();
    let faults = actions.iter().enumerate().filter_map(|(index, action)| {
        let twice = !names.insert(action.name.as_str());
        let what =
            name(&action.name).or_else(|| twice.then_some("is changed twice")).or_else(|| change(action, fetcher))?;
        Some((index, format!("of its {which} headers one {what}: '{}'", action.name)))
    });
    faults.collect()
}

/// Headers that may not be changed.
const FORBIDDEN: [&str; 4] = ["strict-transport-security", "proxy", "cookie", "set-cookie"];

fn name(name: &str) -> Option<&'static str> {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"-!#$%&'*+.^_`|~".contains(&b);
    match name {
        "" => Some("has no name"),
        _ if name.len() > 255 => Some("has too long a name"),
        _ if FORBIDDEN.contains(&name.to_ascii_lowercase().as_str()) => Some("may not be changed"),
        _ if !name.bytes().all(token) => Some("has a name that no header can have"),
        _ => None,
    }
}

fn change(action: &HeaderAction, fetcher: &str) -> Option<&'static str> {
    let set = action.action.set.as_ref();
    match (action.action.kind.as_str(), set) {
        ("Set", None) => Some("is to be set, to no value"),
        ("Delete", Some(_)) => Some("is to be deleted and has a value"),
        ("Delete", None) => None,
        ("Set", Some(value)) if value.value.is_empty() => Some("is to be set, to an empty value"),
        ("Set", Some(value)) if value.value.len() > 16384 => Some("is to be set, to too long a value"),
        ("Set", Some(value)) if !is_value(&value.value, fetcher) => Some("has a value that is not allowed"),
        ("Set", Some(_)) => None,
        _ => Some("is neither set nor deleted"),
    }
}

/// Plain text, `%%`, or `%[…]` with an allowed fetcher and converters, before it perhaps flags such as `{+Q}`.
fn is_value(value: &str, fetcher: &str) -> bool {
    let mut rest = value;
    while let Some(first) = rest.chars().next() {
        if first != '%' {
            if first.is_control() {
                return false;
            }
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let after = rest.get(1..).unwrap_or_default();
        let Some(next) = after.strip_prefix('%').or_else(|| dynamic(after, fetcher)) else { return false };
        rest = next;
    }
    true
}

/// What follows a dynamic part; `None` where it is not allowed.
fn dynamic<'t>(text: &'t str, fetcher: &str) -> Option<&'t str> {
    let text = match text.strip_prefix('{') {
        Some(flags) => {
            let (flags, rest) = flags.split_once('}')?;
            let flag = |flag: &str| matches!(flag.strip_prefix(['-', '+']).unwrap_or(flag), "Q" | "X" | "E");
            flags.split(',').all(flag).then_some(rest)?
        }
        None => text,
    };
    let (inside, rest) = text.strip_prefix('[')?.split_once(']')?;
    let mut parts = inside.split(',');
    let fetch = parts.next()?;
    let header = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let allowed =
        fetch == "ssl_c_der" || fetch.strip_prefix(fetcher).and_then(|name| name.strip_suffix(')')).is_some_and(header);
    (allowed && parts.all(|converter| matches!(converter, "lower" | "base64"))).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::is_value;

    #[test]
    fn values_are_text_or_the_allowed_fetchers() {
        for good in ["a b", "100%%", "%[req.hdr(x-y),lower]", "%{+Q}[ssl_c_der,base64]", "a%[req.hdr(host)]b"] {
            assert!(is_value(good, "req.hdr("), "{good}");
        }
        for bad in
            ["%", "a%b", "%[res.hdr(x)]", "%[req.hdr(x),upper]", "%[src]", "%{Z}[ssl_c_der]", "a\nb", "%[req.hdr()]"]
        {
            assert!(!is_value(bad, "req.hdr("), "{bad}");
        }
    }
}
