//! Host names of listeners and routes (API reference: `Hostname`, `HTTPRouteSpec.hostnames`).
//!
//! A wildcard stands for one or more labels of any depth, never for the apex itself.

/// A host name as it is compared: lower case, without a trailing dot; `None` for "any".
pub fn normal(host: Option<&str>) -> Option<String> {
    let host = host?.trim_end_matches('.').to_ascii_lowercase();
    (!host.is_empty()).then_some(host)
}

/// Does `pattern` (exact or wildcard) cover every name that `name` (exact or wildcard) stands for?
pub fn covers(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix("*.") {
        None => pattern == name,
        Some(suffix) => {
            let rest = name.strip_prefix("*.").unwrap_or(name);
            if name.starts_with("*.") && rest == suffix {
                return true;
            }
            rest.strip_suffix(suffix).is_some_and(|head| head.ends_with('.') && head.len() > 1)
        }
    }
}

/// The names that both sides stand for: the more specific of the two. `None` if there are none;
/// `Some(None)` if neither side names any.
pub fn intersect(a: Option<&str>, b: Option<&str>) -> Option<Option<String>> {
    match (normal(a), normal(b)) {
        (None, None) => Some(None),
        (Some(one), None) | (None, Some(one)) => Some(Some(one)),
        (Some(a), Some(b)) if covers(&a, &b) => Some(Some(b)),
        (Some(a), Some(b)) if covers(&b, &a) => Some(Some(a)),
        (Some(_), Some(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{covers, intersect};

    #[test]
    fn a_wildcard_covers_any_depth_and_not_the_apex() {
        assert!(covers("*.example.com", "a.example.com"));
        assert!(covers("*.example.com", "a.b.example.com"));
        assert!(covers("*.example.com", "*.b.example.com"));
        assert!(covers("*.example.com", "*.example.com"));
        assert!(!covers("*.example.com", "example.com"));
        assert!(!covers("*.example.com", ".example.com"));
        assert!(!covers("*.example.com", "badexample.com"));
        assert!(!covers("*.b.example.com", "*.example.com"));
    }

    #[test]
    fn the_more_specific_name_is_served() {
        let both = |a, b| intersect(Some(a), Some(b)).map(Option::unwrap);
        assert_eq!(both("*.example.com", "foo.example.com").as_deref(), Some("foo.example.com"));
        assert_eq!(both("foo.example.com", "*.example.com").as_deref(), Some("foo.example.com"));
        assert_eq!(both("Foo.Example.com", "foo.example.com.").as_deref(), Some("foo.example.com"));
        assert_eq!(both("*.example.com", "example.com"), None);
        assert_eq!(intersect(None, None), Some(None));
        assert_eq!(intersect(Some(""), Some("a.b")), Some(Some("a.b".to_owned())));
    }
}
