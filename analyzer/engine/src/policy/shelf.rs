//! The policies of one namespace, by the labels that they ask for.

use std::collections::BTreeMap;

use kubereach_model::snapshot::{Index, LabelSelector};

/// The policies of a namespace, so that a pod meets only those that ask for a label it has.
#[derive(Debug, Default)]
pub(super) struct Shelf<'s> {
    by_label: Index<(&'s str, &'s str), Vec<u32>>,
    /// Those that ask for no certain label.
    others: Vec<u32>,
}

impl<'s> Shelf<'s> {
    pub(super) fn of(policies: &[(u32, &'s LabelSelector)]) -> Self {
        let mut asked: Index<(&str, &str), usize> = Index::default();
        for label in policies.iter().flat_map(|(_, selector)| selector.needed()) {
            *asked.entry(label).or_default() += 1;
        }
        let mut shelf = Self::default();
        for (index, selector) in policies {
            // The label that fewest policies ask for tells most.
            match selector.needed().min_by_key(|label| asked.get(label).copied()) {
                Some(label) => shelf.by_label.entry(label).or_default().push(*index),
                None => shelf.others.push(*index),
            }
        }
        shelf
    }

    /// Those that may select a pod with these labels, in their order.
    pub(super) fn near(&self, labels: &BTreeMap<String, String>) -> Vec<u32> {
        let mut found = self.others.clone();
        if !self.by_label.is_empty() {
            let asking = labels.iter().filter_map(|(key, value)| self.by_label.get(&(key.as_str(), value.as_str())));
            found.extend(asking.flatten());
            found.sort_unstable();
        }
        found
    }

    /// All of them, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = &u32> {
        self.by_label.values().flatten().chain(&self.others)
    }
}
