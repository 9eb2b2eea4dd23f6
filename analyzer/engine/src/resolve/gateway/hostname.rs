//! Host names of listeners and routes (API reference: `Hostname`, `HTTPRouteSpec.hostnames`).
//!
//! A wildcard stands for one or more labels of any depth, never for the apex itself.

use std::collections::BTreeMap;
use std::ops::Bound;

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

/// Whose host names have something in common with one: found without looking at all of them.
#[derive(Debug, Default)]
pub struct Names {
    /// By name from its end: `com.example.shop.`, with a dot behind every label.
    exact: BTreeMap<String, Vec<usize>>,
    /// The same of wildcards, without their star.
    wild: BTreeMap<String, Vec<usize>>,
    /// Those for any host.
    any: Vec<usize>,
    all: Vec<(Option<String>, usize)>,
}

fn backwards(name: &str) -> String {
    name.rsplit('.').flat_map(|label| [label, "."]).collect()
}

impl Names {
    /// Somebody's host name; `None` for any.
    pub fn add(&mut self, host: Option<&str>, who: usize) {
        let index = self.all.len();
        let host = normal(host);
        match host.as_deref().map(|host| (host, host.strip_prefix("*."))) {
            None => self.any.push(index),
            Some((_, Some(suffix))) => self.wild.entry(backwards(suffix)).or_default().push(index),
            Some((host, None)) => self.exact.entry(backwards(host)).or_default().push(index),
        }
        self.all.push((host, who));
    }

    /// Everybody with whose names [`intersect`] finds something in common.
    pub fn common(&self, host: Option<&str>) -> Vec<usize> {
        let Some(host) = normal(host) else { return self.all.iter().map(|(_, who)| *who).collect() };
        let wildcard = host.strip_prefix("*.");
        let name = backwards(wildcard.unwrap_or(&host));
        let mut found = self.any.clone();
        // Wildcards of a name above; of the name itself where this is a wildcard too.
        let above = name.match_indices('.').map(|(dot, _)| name.get(..=dot).unwrap_or_default());
        for suffix in above.filter(|suffix| wildcard.is_some() || *suffix != name) {
            found.extend(self.wild.get(suffix).into_iter().flatten());
        }
        if wildcard.is_some() {
            let below = |names: &BTreeMap<String, Vec<usize>>| -> Vec<usize> {
                let from = names.range::<str, _>((Bound::Excluded(name.as_str()), Bound::Unbounded));
                from.take_while(|(other, _)| other.starts_with(&name)).flat_map(|(_, who)| who).copied().collect()
            };
            found.extend(below(&self.exact));
            found.extend(below(&self.wild));
        } else {
            found.extend(self.exact.get(&name).into_iter().flatten());
        }
        // Names that are none (an empty label) may stand near and have nothing in common.
        let near = found.into_iter().filter_map(|index| self.all.get(index));
        near.filter(|(other, _)| intersect(Some(&host), other.as_deref()).is_some()).map(|(_, who)| *who).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, covers, intersect};

    #[test]
    fn the_index_of_names_finds_those_that_have_something_in_common() {
        let all = [
            None,
            Some(""),
            Some("a.example.com"),
            Some("A.b.example.com."),
            Some("example.com"),
            Some("badexample.com"),
            Some("*.example.com"),
            Some("*.b.example.com"),
            Some("*.com"),
            Some("com"),
            Some("*.a.example.com"),
            Some("org"),
            Some(".example.com"),
            Some("*."),
            Some("*"),
            Some("a..example.com"),
        ];
        let mut names = Names::default();
        for (who, host) in all.iter().enumerate() {
            names.add(*host, who);
        }
        for host in all {
            let mut found = names.common(host);
            found.sort_unstable();
            found.dedup();
            let expected: Vec<usize> = (0..all.len()).filter(|who| intersect(host, all[*who]).is_some()).collect();
            assert_eq!(found, expected, "{host:?}");
        }
    }

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
