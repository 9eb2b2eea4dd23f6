//! Label selectors against labels that may not be known.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Truth;
use super::answer::Missing;
use kubereach_model::snapshot::LabelSelector;

/// The label every namespace carries (well-known labels reference): its own name.
pub(super) const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// Every pod.
pub(super) static EVERY_POD: LazyLock<LabelSelector> = LazyLock::new(LabelSelector::default);

/// Against labels that were read.
pub(super) fn on_labels<'s>(selector: &LabelSelector, labels: &BTreeMap<String, String>) -> Truth<'s> {
    selector.matches(labels).map_or(Truth::Unknown(Missing::Form), Truth::of)
}

/// Against a namespace, whose name is always known and whose labels may not be.
pub(super) fn on_namespace<'s>(
    selector: &LabelSelector,
    name: &'s str,
    labels: Option<&BTreeMap<String, String>>,
) -> Truth<'s> {
    let value = |key: &str| -> Result<Option<&str>, Missing<'s>> {
        if key == NAMESPACE_NAME {
            return Ok(Some(name));
        }
        match labels {
            Some(labels) => Ok(labels.get(key).map(String::as_str)),
            None => Err(Missing::NamespaceLabels(name)),
        }
    };
    let mut all = Truth::Yes;
    for (key, wanted) in &selector.match_labels {
        all = all.and(match value(key) {
            Ok(value) => Truth::of(value == Some(wanted)),
            Err(missing) => Truth::Unknown(missing),
        });
    }
    for requirement in &selector.match_expressions {
        all = all.and(match value(&requirement.key) {
            Err(missing) => Truth::Unknown(missing),
            Ok(value) => {
                let listed = value.is_some_and(|v| requirement.values.iter().any(|w| w == v));
                match requirement.operator.as_str() {
                    "In" => Truth::of(listed),
                    "NotIn" => Truth::of(!listed),
                    "Exists" => Truth::of(value.is_some()),
                    "DoesNotExist" => Truth::of(value.is_none()),
                    _ => Truth::Unknown(Missing::Form),
                }
            }
        });
    }
    all
}
