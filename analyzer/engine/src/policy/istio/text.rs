//! How Istio compares texts: `*` in front, behind or alone, and templates of paths.
//! (istio pilot/pkg/security/authz/matcher; Envoy: URI template matching)

/// `*` alone is any text but an empty one; in front it leaves the end, behind it the beginning.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(""), _) => !text.is_empty(),
        (Some(end), _) => text.ends_with(end),
        (None, Some(beginning)) => text.starts_with(beginning),
        (None, None) => pattern == text,
    }
}

/// The same, whatever case the letters have.
pub(super) fn matches_any_case(pattern: &str, text: &str) -> bool {
    matches(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
}

/// `*` anywhere stands for any text.
pub(super) fn matches_glob(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = left.get(at + part.len()..).unwrap_or_default();
    }
    left.ends_with(last)
}

/// A path without its query, which is no part of it, and without its steps up and down.
pub(super) fn plain_path(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if !path.contains("/.") {
        return path.to_owned();
    }
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let ends = path.ends_with("/.") || path.ends_with("/..");
    format!("/{}{}", kept.join("/"), if ends && !kept.is_empty() { "/" } else { "" })
}

/// Does a rule's path match that of a request?
pub(super) fn path_matches(pattern: &str, path: &str) -> bool {
    if pattern.contains("{*}") || pattern.contains("{**}") { template(pattern, path) } else { matches(pattern, path) }
}

/// `{*}` is one segment that is not empty, `{**}` any number of them.
fn template(pattern: &str, path: &str) -> bool {
    let wanted: Vec<&str> = pattern.split('/').collect();
    let have: Vec<&str> = path.split('/').collect();
    segments(&wanted, &have)
}

fn segments(wanted: &[&str], have: &[&str]) -> bool {
    let Some((first, rest)) = wanted.split_first() else { return have.is_empty() };
    if let Some(end) = first.strip_prefix("{**}") {
        // What stands behind it in its segment is the end of the segment that it ends in.
        return (0..=have.len()).any(|taken| {
            let (inside, after) = have.split_at(taken);
            let fits = end.is_empty() || inside.last().is_some_and(|last| last.ends_with(end));
            fits && segments(rest, after)
        });
    }
    let Some((segment, left)) = have.split_first() else { return false };
    one(first, segment) && segments(rest, left)
}

fn one(wanted: &str, segment: &str) -> bool {
    match wanted.split_once("{*}") {
        None => wanted == segment,
        Some((before, after)) => {
            let inside = segment.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            inside.is_some_and(|inside| !inside.is_empty())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_in_front_or_behind() {
        for (pattern, text, fits) in [
            ("*", "x", true),
            ("*", "", false),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("abc", "abc", true),
            ("a*c", "abc", false),
            ("abc", "abcd", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
        assert!(matches_any_case("*.Example.com", "a.example.COM"));
        for (pattern, text, fits) in [
            ("ns-*", "ns-a", true),
            ("*-ns", "a-ns", true),
            ("a*b*c", "axbxc", true),
            ("a*b", "axc", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches_glob(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn templates_match_segments() {
        for (pattern, path, fits) in [
            ("/foo/{*}", "/foo/bar", true),
            ("/foo/{*}", "/foo/bar/baz", false),
            ("/foo/{*}", "/foo/", false),
            ("/foo/{**}", "/foo/bar/baz", true),
            ("/foo/{**}/", "/foo/bar/", true),
            ("/{*}/baz/{**}", "/bar/baz/x/y", true),
            ("/foo/{**}/bar", "/foo/buz/bar", true),
            ("/foo/{**}/bar", "/foo/buz/baz", false),
        ] {
            assert_eq!(path_matches(pattern, path), fits, "{pattern} {path}");
        }
    }

    #[test]
    fn the_query_is_no_part_of_a_path() {
        for (path, plain) in [("/a?b=c", "/a"), ("/a/../b", "/b"), ("/a/./b/", "/a/b/"), ("/a/..", "/"), ("/", "/")] {
            assert_eq!(plain_path(path), plain);
        }
    }
}
