//! Match conditions: whether they are valid, and what they come to when those of includes are put together.
//!
//! Source: `internal/dag/conditions.go`.

use std::collections::HashSet;

use kubereach_model::snapshot::model::{HeaderCondition, MatchCondition, QueryCondition};

use super::text::pattern_fault;

/// What a path has to be like.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathMatch {
    /// It begins like this.
    Prefix(String),
    /// It is this.
    Exact(String),
    /// It is like this pattern.
    Regex(String),
}

impl PathMatch {
    /// The path or pattern.
    pub fn text(&self) -> &str {
        match self {
            Self::Prefix(text) | Self::Exact(text) | Self::Regex(text) => text,
        }
    }

    /// In the words of the report.
    pub fn words(&self) -> String {
        match self {
            Self::Prefix(text) => format!("Prefix {text}"),
            Self::Exact(text) => format!("Exact {text}"),
            Self::Regex(text) => format!("Regex {text}"),
        }
    }
}

/// `mergePathMatchConditions`.
pub fn path(conditions: &[&MatchCondition]) -> PathMatch {
    let mut merged = String::new();
    let mut regex = false;
    for condition in conditions {
        let part = [&condition.prefix, &condition.exact, &condition.regex].into_iter().find(|part| !part.is_empty());
        let Some(part) = part else { continue };
        regex |= condition.prefix.is_empty() && condition.exact.is_empty();
        for c in part.chars() {
            if !(c == '/' && merged.ends_with('/')) {
                merged.push(c);
            }
        }
    }
    if merged.is_empty() {
        return PathMatch::Prefix("/".to_owned());
    }
    match conditions.last() {
        _ if regex => PathMatch::Regex(merged),
        Some(last) if last.prefix.is_empty() && !last.exact.is_empty() => PathMatch::Exact(merged),
        _ => PathMatch::Prefix(merged),
    }
}

/// The further conditions, in words; equal sets are equal whatever their order.
pub fn others(conditions: &[&MatchCondition]) -> Vec<String> {
    let headers = conditions.iter().filter_map(|condition| condition.header.as_ref()).filter_map(header_words);
    let queries = conditions.iter().filter_map(|condition| condition.query_parameter.as_ref()).filter_map(query_words);
    let mut all: Vec<String> = headers.chain(queries).collect();
    all.sort_unstable();
    all
}

fn header_words(header: &HeaderCondition) -> Option<String> {
    let name = header.name.as_str();
    let folded = if header.ignore_case.0 == Some(true) { "~" } else { "" };
    let empty = if header.treat_missing_as_empty.0 == Some(true) { "|missing" } else { "" };
    let texts = [
        (&header.contains, "*="),
        (&header.notcontains, "!*="),
        (&header.exact, "="),
        (&header.notexact, "!="),
        (&header.regex, "=~"),
    ];
    if header.present.0 == Some(true) {
        return Some(format!("[{name}]"));
    }
    if header.notpresent.0 == Some(true) {
        return Some(format!("[!{name}]"));
    }
    let (text, sign) = texts.into_iter().find(|(text, _)| !text.is_empty())?;
    Some(format!("[{name}{sign}{folded}{text}{empty}]"))
}

fn query_words(query: &QueryCondition) -> Option<String> {
    let name = query.name.as_str();
    let folded = if query.ignore_case.0 == Some(true) { "~" } else { "" };
    let texts = [
        (&query.exact, "="),
        (&query.prefix, "^="),
        (&query.suffix, "$="),
        (&query.regex, "=~"),
        (&query.contains, "*="),
    ];
    match texts.into_iter().find(|(text, _)| !text.is_empty()) {
        Some((text, sign)) => Some(format!("?{name}{sign}{folded}{text}")),
        None => (query.present.0 == Some(true)).then(|| format!("?{name}")),
    }
}

/// `pathMatchConditionsValid`.
pub(super) fn path_fault(conditions: &[MatchCondition]) -> Option<String> {
    let mut count = 0;
    for condition in conditions {
        for (kind, text) in [("prefix", &condition.prefix), ("exact", &condition.exact), ("regex", &condition.regex)] {
            if text.is_empty() {
                continue;
            }
            count += 1;
            if !text.starts_with('/') {
                return Some(format!("the {kind} condition '{text}' does not begin with /"));
            }
            if kind == "regex"
                && let Some(why) = pattern_fault(text)
            {
                return Some(format!("the regex condition '{text}' is no pattern: {why}"));
            }
        }
    }
    (count > 1).then(|| "it has more than one prefix, exact or regex condition".to_owned())
}

/// `includeMatchConditionsValid`.
pub(super) fn include_fault(conditions: &[MatchCondition]) -> Option<String> {
    let other = conditions.iter().any(|condition| !condition.exact.is_empty() || !condition.regex.is_empty());
    other.then(|| "an include may have prefix conditions only".to_owned())
}

/// `headerMatchConditionsValid`.
pub(super) fn header_fault(conditions: &[&MatchCondition]) -> Option<String> {
    let mut seen: HashSet<(String, &'static str, &str)> = HashSet::new();
    for header in conditions.iter().filter_map(|condition| condition.header.as_ref()) {
        let name = header.name.to_ascii_lowercase();
        let (kind, opposite, value) = if header.present.0 == Some(true) {
            ("present", "notpresent", "")
        } else if header.notpresent.0 == Some(true) {
            ("notpresent", "present", "")
        } else {
            let texts = [
                ("exact", "notexact", header.exact.as_str()),
                ("notexact", "exact", &header.notexact),
                ("contains", "notcontains", &header.contains),
                ("notcontains", "contains", &header.notcontains),
                ("regex", "", &header.regex),
            ];
            let Some(found) = texts.into_iter().find(|(_, _, text)| !text.is_empty()) else { continue };
            found
        };
        if kind == "exact" && seen.iter().any(|(other, kind, _)| *other == name && *kind == "exact") {
            return Some(format!("it asks for two exact values of the header '{}'", header.name));
        }
        if seen.contains(&(name.clone(), opposite, value)) {
            return Some(format!("its conditions on the header '{}' contradict each other", header.name));
        }
        if kind == "regex"
            && let Some(why) = pattern_fault(value)
        {
            return Some(format!("its pattern for the header '{}' is none: {why}", header.name));
        }
        seen.insert((name, kind, value));
    }
    None
}

/// `queryParameterMatchConditionsValid`.
pub(super) fn query_fault(conditions: &[&MatchCondition]) -> Option<String> {
    let mut exact = HashSet::new();
    for query in conditions.iter().filter_map(|condition| condition.query_parameter.as_ref()) {
        let texts = [&query.exact, &query.prefix, &query.suffix, &query.regex, &query.contains];
        let given = texts.iter().filter(|text| !text.is_empty()).count() + usize::from(query.present.0 == Some(true));
        if given == 0 {
            return Some(format!("its condition on the query parameter '{}' asks for nothing", query.name));
        }
        if given > 1 {
            return Some(format!("its condition on the query parameter '{}' asks for several things", query.name));
        }
        if !query.exact.is_empty() && !exact.insert(query.name.to_ascii_lowercase()) {
            return Some(format!("it asks for two exact values of the query parameter '{}'", query.name));
        }
        if let Some(why) = pattern_fault(&query.regex) {
            return Some(format!("its pattern for the query parameter '{}' is none: {why}", query.name));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{PathMatch, path};
    use kubereach_model::snapshot::model::MatchCondition;

    #[test]
    fn prefixes_of_includes_are_put_together() {
        let of = |kind: &str, text: &str| {
            let mut condition = MatchCondition::default();
            match kind {
                "prefix" => text.clone_into(&mut condition.prefix),
                "exact" => text.clone_into(&mut condition.exact),
                _ => text.clone_into(&mut condition.regex),
            }
            condition
        };
        let merged = |all: &[MatchCondition]| path(&all.iter().collect::<Vec<_>>());
        assert_eq!(merged(&[]), PathMatch::Prefix("/".into()));
        assert_eq!(merged(&[of("prefix", "/a/"), of("prefix", "/b")]), PathMatch::Prefix("/a/b".into()));
        assert_eq!(merged(&[of("prefix", "/a"), of("exact", "/b")]), PathMatch::Exact("/a/b".into()));
        assert_eq!(merged(&[of("prefix", "/a"), of("regex", "/b.*")]), PathMatch::Regex("/a/b.*".into()));
        assert_eq!(merged(&[of("prefix", "/a"), MatchCondition::default()]), PathMatch::Prefix("/a".into()));
    }
}
