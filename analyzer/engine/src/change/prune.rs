//! `--prune SELECTOR`: which objects of the snapshot the change removes because it no longer holds them.
//!
//! As `kubectl apply --prune -l`: objects that carry the labels, live in a namespace the change touches,
//! and are not in the change. What a controller made goes with its owner; namespaces, nodes and
//! definitions are never removed this way.

use std::collections::BTreeMap;

use kubereach_model::snapshot::{LabelSelector, Requirement};

/// A label selector in kubectl's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prune(LabelSelector);

impl Prune {
    /// Reads `app=web,tier!=db,env in (prod, test),!legacy`. The error says what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut selector = LabelSelector::default();
        let mut requirements: Vec<Requirement> = Vec::new();
        for part in split(text) {
            requirements.push(requirement(part.trim())?);
        }
        if requirements.is_empty() {
            return Err("the selector is empty; write labels such as app=web".to_owned());
        }
        selector.match_expressions = requirements.into();
        Ok(Self(selector))
    }

    /// Does an object with these labels belong to the change?
    pub fn covers(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.matches(labels) == Some(true)
    }
}

/// At commas outside of parentheses.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_i32, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

fn requirement(part: &str) -> Result<Requirement, String> {
    let make = |key: &str, operator: &str, values: Vec<String>| {
        let key = key.trim();
        if key.is_empty() || key.contains(char::is_whitespace) {
            return Err(format!("'{part}' is no label requirement; write key=value, key!=value, key or !key"));
        }
        Ok(Requirement { key: key.to_owned(), operator: operator.to_owned(), values: values.into() })
    };
    let list = |values: &str| -> Vec<String> {
        values.trim().trim_start_matches('(').trim_end_matches(')').split(',').map(|v| v.trim().to_owned()).collect()
    };
    if let Some((key, values)) = part.split_once(" notin ") {
        return make(key, "NotIn", list(values));
    }
    if let Some((key, values)) = part.split_once(" in ") {
        return make(key, "In", list(values));
    }
    if let Some((key, value)) = part.split_once("!=") {
        return make(key, "NotIn", vec![value.trim().to_owned()]);
    }
    if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        return make(key, "In", vec![value.trim().to_owned()]);
    }
    match part.strip_prefix('!') {
        Some(key) => make(key, "DoesNotExist", Vec::new()),
        None => make(part, "Exists", Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(text: &str, labels: &[(&str, &str)]) -> bool {
        let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Prune::parse(text).unwrap().covers(&labels)
    }

    #[test]
    fn kubectls_words_are_understood() {
        assert!(covers("app=web", &[("app", "web"), ("x", "y")]));
        assert!(!covers("app=web", &[("app", "wbe")]));
        assert!(covers("app==web,tier!=db", &[("app", "web")]));
        assert!(!covers("app=web, tier!=db", &[("app", "web"), ("tier", "db")]));
        assert!(covers("env in (prod, test)", &[("env", "test")]));
        assert!(!covers("env notin (prod,test)", &[("env", "test")]));
        assert!(covers("app,!legacy", &[("app", "")]));
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for text in ["", ",", "=", "a b", "!"] {
            assert!(Prune::parse(text).is_err(), "{text}");
        }
    }
}
