//! Label selectors (API reference: `meta/v1` `LabelSelector`, core/v1 Service `selector`).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::model::lenient::{List, null_default};

/// `matchLabels` and `matchExpressions`; an empty selector selects everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// Every pair must be present.
    #[serde(deserialize_with = "null_default")]
    pub match_labels: BTreeMap<String, String>,
    /// Every expression must hold.
    pub match_expressions: List<Requirement>,
}

/// One expression of a selector.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Requirement {
    /// Label key.
    pub key: String,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`.
    pub operator: String,
    /// Values for `In` and `NotIn`.
    pub values: List<String>,
}

impl LabelSelector {
    /// Selects every object.
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }

    /// Labels without which it surely selects no object: for indexes. None where an operator is not known, for then
    /// nothing is sure.
    pub fn needed(&self) -> impl Iterator<Item = (&str, &str)> {
        let known = |r: &Requirement| matches!(r.operator.as_str(), "In" | "NotIn" | "Exists" | "DoesNotExist");
        let sure = self.match_expressions.iter().all(known);
        self.match_labels.iter().filter(move |_| sure).map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// May it select an object of which these labels are known and others are not?
    pub fn may_match(&self, known: &BTreeMap<String, String>) -> bool {
        let pairs = self.match_labels.iter().all(|(key, value)| known.get(key).is_none_or(|own| own == value));
        let holds = |requirement: &Requirement| {
            let Some(value) = known.get(&requirement.key) else { return true };
            match requirement.operator.as_str() {
                "In" => requirement.values.contains(value),
                "NotIn" => !requirement.values.contains(value),
                "DoesNotExist" => false,
                _ => true,
            }
        };
        pairs && self.match_expressions.iter().all(holds)
    }

    /// Does it select an object with these labels? `None` if an operator is not known.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> Option<bool> {
        let mut all = matches_pairs(&self.match_labels, labels);
        for requirement in &self.match_expressions {
            let value = labels.get(&requirement.key);
            let listed = || value.is_some_and(|v| requirement.values.contains(v));
            all &= match requirement.operator.as_str() {
                "In" => listed(),
                "NotIn" => !listed(),
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                _ => return None,
            };
        }
        Some(all)
    }
}

/// Equality-based selection: every pair of `selector` is among `labels`.
pub fn matches_pairs(selector: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> bool {
    selector.iter().all(|(key, value)| labels.get(key) == Some(value))
}
