//! Policies attached to a route, Gateway, listener or Service that their controller refused (GEP-713
//! `PolicyStatus.ancestors`): which objects they target.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::resolve::ClusterIndex;
use crate::resolve::conditions::{ConditionState, state};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::{Condition, Unmodelled};

/// A policy that is refused by some controller and accepted by none.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'s> {
    /// The policy.
    pub policy: Found<'s, Unmodelled>,
    /// The controller's word.
    pub condition: &'s Condition,
    /// The section of the target that is meant; empty for all of it.
    pub section: &'s str,
}

/// Group, kind, namespace and name.
type Target<'s> = (&'s str, &'s str, &'s str, &'s str);

/// Refused policies, by what they target.
#[derive(Debug, Default)]
pub struct RefusedPolicies<'s> {
    named: HashMap<Target<'s>, Vec<Refused<'s>>>,
    /// By namespace: those that choose their targets by labels.
    selecting: HashMap<&'s str, Vec<(Refused<'s>, &'s Value)>>,
}

impl<'s> RefusedPolicies<'s> {
    /// Reads every policy that was kept.
    pub fn of(cluster: &ClusterIndex<'s>) -> Self {
        let mut this = Self::default();
        for policy in cluster.snapshot.unmodelled.iter() {
            let Some(condition) = refusal(policy) else { continue };
            let own = policy.get().value.metadata.namespace.as_str();
            let spec = &policy.get().value.spec;
            let several = spec.get("targetRefs").and_then(Value::as_array).into_iter().flatten();
            for target in spec.get("targetRef").into_iter().chain(several) {
                let text = |key: &str| target.get(key).and_then(Value::as_str).unwrap_or_default();
                let namespace = Some(text("namespace")).filter(|ns| !ns.is_empty()).unwrap_or(own);
                let key = (text("group"), text("kind"), namespace, text("name"));
                let refused = Refused { policy, condition, section: text("sectionName") };
                this.named.entry(key).or_default().push(refused);
            }
            for selector in spec.get("targetSelectors").and_then(Value::as_array).into_iter().flatten() {
                let refused = Refused { policy, condition, section: "" };
                this.selecting.entry(own).or_default().push((refused, selector));
            }
        }
        this
    }

    /// Those that target an object.
    pub fn targeting(
        &self,
        (group, kind): (&str, &str),
        (namespace, name): (&str, &str),
        labels: &BTreeMap<String, String>,
    ) -> Vec<Refused<'s>> {
        if self.named.is_empty() && self.selecting.is_empty() {
            return Vec::new();
        }
        let mut all = self.named.get(&(group, kind, namespace, name)).cloned().unwrap_or_default();
        let selecting = self.selecting.get(namespace).into_iter().flatten();
        all.extend(
            selecting.filter(|(_, selector)| selects(selector, group, kind, labels)).map(|(refused, _)| *refused),
        );
        all
    }
}

/// A current `Accepted` that says no for some ancestor, and yes for none.
fn refusal(policy: Found<'_, Unmodelled>) -> Option<&Condition> {
    let policy = policy.get();
    let states =
        || policy.status.ancestors.iter().map(|a| state(&a.conditions, "Accepted", &policy.metadata.generation));
    if states().any(|state| state.is_true()) {
        return None;
    }
    states().find_map(|state| if let ConditionState::False(condition) = state { Some(condition) } else { None })
}

/// Kind and `matchLabels`; a selector with expressions is not taken for one that selects.
fn selects(selector: &Value, group: &str, kind: &str, labels: &BTreeMap<String, String>) -> bool {
    let text = |key: &str| selector.get(key).and_then(Value::as_str);
    let wanted = selector.get("matchLabels").and_then(Value::as_object);
    let same = |(key, value): (&String, &Value)| labels.get(key).map(String::as_str) == value.as_str();
    text("kind") == Some(kind)
        && text("group").is_none_or(|own| own == group)
        && selector.get("matchExpressions").is_none()
        && wanted.is_some_and(|wanted| !wanted.is_empty() && wanted.iter().all(same))
}
