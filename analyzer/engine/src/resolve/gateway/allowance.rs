//! Whose routes and listeners are let in: `allowedRoutes.namespaces`, `allowedListeners.namespaces`.

use std::collections::BTreeMap;

use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::model::{Namespace, NamespacesFrom};
use kubereach_model::snapshot::{Gap, LabelSelector, Lookup};

/// The label every namespace carries with its own name (core/v1, since 1.21).
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// Is something let in?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// Yes.
    Yes,
    /// No: the object that decides says so.
    No,
    /// The namespace's labels would decide, and they were not read.
    Unknown(Gap),
}

/// May something of namespace `guest` attach to an object of namespace `host`? `default` applies where
/// `from` is not set.
pub fn namespaces(
    cluster: &ClusterIndex<'_>,
    rule: Option<&NamespacesFrom>,
    default: &str,
    host: &str,
    guest: &str,
) -> Allowed {
    match rule.and_then(|r| r.from.as_deref()).unwrap_or(default) {
        "All" => Allowed::Yes,
        "Same" if host == guest => Allowed::Yes,
        "Selector" => match rule.and_then(|r| r.selector.as_ref()) {
            // A selector that is not there selects nothing (API reference: required with `Selector`).
            None => Allowed::No,
            Some(selector) => selected(cluster, selector, guest),
        },
        _ => Allowed::No,
    }
}

fn selected(cluster: &ClusterIndex<'_>, selector: &LabelSelector, namespace: &str) -> Allowed {
    let gap = match cluster.snapshot.lookup::<Namespace>("", namespace) {
        Lookup::Found(found) => {
            let mut labels = (*found.metadata.labels).clone();
            labels.entry(NAME_LABEL.to_owned()).or_insert_with(|| namespace.to_owned());
            return match selector.matches(&labels) {
                Some(true) => Allowed::Yes,
                Some(false) => Allowed::No,
                None => Allowed::Unknown(Gap::investigate(
                    "the namespace selector uses an operator that is not known",
                    "only In, NotIn, Exists and DoesNotExist are defined",
                )),
            };
        }
        // Something lives in the namespace, so it exists or will; its labels are what is not known.
        Lookup::Absent(_) => Gap::investigate(
            format!("labels of namespace {namespace} are not known"),
            "the input does not hold the Namespace",
        ),
        Lookup::Unknown(gap) => gap,
    };
    by_name_alone(selector, namespace).unwrap_or(Allowed::Unknown(gap))
}

/// What the one label that is certain decides.
fn by_name_alone(selector: &LabelSelector, namespace: &str) -> Option<Allowed> {
    let known = BTreeMap::from([(NAME_LABEL.to_owned(), namespace.to_owned())]);
    let about_name = LabelSelector {
        match_labels: selector
            .match_labels
            .iter()
            .filter(|(k, _)| *k == NAME_LABEL)
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
        match_expressions: selector
            .match_expressions
            .iter()
            .filter(|r| r.key == NAME_LABEL)
            .cloned()
            .collect::<Vec<_>>()
            .into(),
    };
    match about_name.matches(&known)? {
        false => Some(Allowed::No),
        true if about_name == *selector => Some(Allowed::Yes),
        true => None,
    }
}
