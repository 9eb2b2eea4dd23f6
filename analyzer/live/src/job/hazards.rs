//! Who else takes the prober's pod for one of theirs, and which labels are needed at all.
//!
//! Source: `docs/semantics/measurement.md#a-clients-labels-make-the-probers-pod-somebodys`.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::ObjectRef;
use serde::Deserialize as _;

use kubereach_model::snapshot::model::{
    HorizontalPodAutoscaler, NetworkPolicy, Resource, Service, UnmodelledRole, WorkloadKind, unmodelled_role,
};
use kubereach_model::snapshot::{GroupKind, LabelSelector, Snapshot, matches_pairs};

/// Labels that controllers set and read back: copied, they make a pod somebody's own.
const CONTROLLERS: [&str; 6] = [
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "controller-uid",
    "job-name",
    "apps.kubernetes.io/pod-index",
];
const CONTROLLERS_PREFIX: [&str; 2] = ["statefulset.kubernetes.io/", "batch.kubernetes.io/"];

/// The kind of a `PodDisruptionBudget`.
const BUDGET: GroupKind = GroupKind::known("policy", "PodDisruptionBudget");

/// Something of the cluster that counts on the pod, or may.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hazard {
    /// It would do harm: manifests are printed only if the operator says so.
    pub refuses: bool,
    /// What happens, and what is done about it.
    pub says: String,
}

/// What became of a client's labels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Review {
    /// What the pod carries.
    pub labels: BTreeMap<String, String>,
    /// Labels that were left off, and why.
    pub dropped: Vec<(String, String)>,
    /// Who would take the pod for one of theirs.
    pub hazards: Vec<Hazard>,
    /// Network policies that select it.
    pub policies: Vec<String>,
}

/// Reviews the labels of a client. Without a snapshot only the labels of controllers are left off, and
/// nothing is known of the hazards.
pub fn review(snapshot: Option<&Snapshot>, namespace: &str, asked: &BTreeMap<String, String>) -> Review {
    let mut review = Review::default();
    let needed = snapshot.map(keys_of_policies);
    for (key, value) in asked {
        let of_controller =
            CONTROLLERS.contains(&key.as_str()) || CONTROLLERS_PREFIX.iter().any(|p| key.starts_with(p));
        let why = if of_controller {
            Some("controllers recognize their own pods by it")
        } else if needed.as_ref().is_some_and(|needed| !needed.contains(key)) {
            Some("no network policy looks at it")
        } else {
            None
        };
        match why {
            Some(why) => review.dropped.push((key.clone(), why.to_owned())),
            None => {
                review.labels.insert(key.clone(), value.clone());
            }
        }
    }
    let Some(snapshot) = snapshot else { return review };
    services(snapshot, namespace, &mut review);
    budgets(snapshot, namespace, &mut review);
    workloads(snapshot, namespace, &mut review);
    policies(snapshot, namespace, &mut review);
    review.hazards.sort();
    review.hazards.reverse();
    review
}

/// Every label key that some policy of the cluster selects pods by. Of kinds that are not read field by
/// field, every word that could be one.
fn keys_of_policies(snapshot: &Snapshot) -> Needed {
    let mut needed = Needed::default();
    for policy in snapshot.network_policies.iter() {
        let spec = &policy.get().value.spec;
        needed.selector(&spec.pod_selector);
        let rules = spec.ingress.iter().chain(&spec.egress).flat_map(|rules| rules.iter());
        for peer in rules.flat_map(|rule| rule.peers.iter()) {
            peer.pod_selector.iter().for_each(|selector| needed.selector(selector));
        }
    }
    for other in snapshot.unmodelled.iter() {
        let value = &other.get().value;
        if value.group_kind.as_ref().and_then(unmodelled_role) == Some(UnmodelledRole::Policy) {
            needed.text.push_str(&value.spec.to_string());
            needed.text.push_str(&value.specs.to_string());
        }
    }
    needed
}

#[derive(Debug, Default)]
struct Needed {
    keys: BTreeSet<String>,
    text: String,
}

impl Needed {
    fn selector(&mut self, selector: &LabelSelector) {
        self.keys.extend(selector.match_labels.keys().cloned());
        self.keys.extend(selector.match_expressions.iter().map(|r| r.key.clone()));
    }

    fn contains(&self, key: &str) -> bool {
        self.keys.contains(key) || self.text.contains(key)
    }
}

fn hazard(review: &mut Review, refuses: bool, says: String) {
    review.hazards.push(Hazard { refuses, says });
}

fn services(snapshot: &Snapshot, namespace: &str, review: &mut Review) {
    if let Err(gap) = snapshot.is_complete(Service::KIND, Some(namespace)) {
        hazard(review, false, format!("{}: other Services may select the pod", gap.what));
    }
    for service in snapshot.services.in_namespace(namespace) {
        let spec = &service.get().value.spec;
        if service.is_selectorless() || !matches_pairs(&spec.selector, &review.labels) {
            continue;
        }
        let name = named(&service.object());
        if service.publishes_not_ready() {
            hazard(
                review,
                true,
                format!("{name} selects the pod and publishes pods that are not ready: it would send it traffic"),
            );
        } else {
            hazard(
                review,
                false,
                format!(
                    "{name} selects the pod; a readiness gate that nobody sets keeps it from being ready, so it gets \
                     no traffic and shows among the Service's addresses as not ready"
                ),
            );
        }
    }
}

fn budgets(snapshot: &Snapshot, namespace: &str, review: &mut Review) {
    if let Err(gap) = snapshot.is_complete(&BUDGET, Some(namespace)) {
        hazard(review, false, format!("{}{UNREAD_BUDGETS}", gap.what));
    }
    for budget in snapshot.unmodelled.in_namespace(namespace) {
        let value = &budget.get().value;
        if value.group_kind.as_ref() == Some(&BUDGET) {
            count(&named(&budget.object()), value.spec.get("selector"), review);
        }
    }
}

const UNREAD_BUDGETS: &str = ": a budget that selects the pod can block node drains";

/// A budget, if it counts the pod. `null` selects nothing, an empty selector everything (policy/v1).
fn count(name: &str, selector: Option<&serde_json::Value>, review: &mut Review) {
    let Some(selector) = selector.filter(|s| !s.is_null()) else { return };
    match LabelSelector::deserialize(selector).ok().and_then(|s| s.matches(&own_and(review))) {
        Some(false) => {}
        Some(true) => hazard(
            review,
            true,
            format!(
                "{name} counts the pod, whose Job has no scale: the budget can then not be computed, and evictions \
                 in the namespace are refused while the prober runs"
            ),
        ),
        None => hazard(review, false, format!("{name} has a selector that cannot be read; it may count the pod")),
    }
}

/// The budgets of the namespace, where they were read apart from the snapshot: name and `spec.selector` of each.
pub fn review_budgets(review: &mut Review, budgets: &[(String, serde_json::Value)]) {
    review.hazards.retain(|hazard| !hazard.says.ends_with(UNREAD_BUDGETS));
    for (name, selector) in budgets {
        count(&format!("PodDisruptionBudget {name}"), Some(selector), review);
    }
    review.hazards.sort();
    review.hazards.dedup();
    review.hazards.reverse();
}

/// `Service web`; the namespace is the pod's own.
fn named(object: &ObjectRef) -> String {
    format!("{} {}", object.kind, object.name)
}

/// The pod's labels, its own included.
fn own_and(review: &Review) -> BTreeMap<String, String> {
    let mut labels = super::labels::own("kubereach-probe");
    labels.extend(review.labels.clone());
    labels
}

fn workloads(snapshot: &Snapshot, namespace: &str, review: &mut Review) {
    let labels = own_and(review);
    for workload in snapshot.workloads.in_namespace(namespace) {
        let value = &workload.get().value;
        let selects_pods = matches!(
            value.kind,
            WorkloadKind::ReplicaSet
                | WorkloadKind::StatefulSet
                | WorkloadKind::DaemonSet
                | WorkloadKind::ReplicationController
                | WorkloadKind::Deployment
                | WorkloadKind::Rollout
                | WorkloadKind::CloneSet
                | WorkloadKind::AdvancedStatefulSet
                | WorkloadKind::AdvancedDaemonSet
        );
        let selector = value.spec.selector.as_ref().filter(|s| selects_pods && !s.is_empty());
        if selector.and_then(|s| s.matches(&labels)) == Some(true) {
            let name = named(&workload.object());
            hazard(
                review,
                false,
                format!(
                    "{name} selects the pod by its labels; it does not adopt it, because the pod belongs to its Job \
                     (never run it as a bare pod)"
                ),
            );
            autoscalers(snapshot, namespace, &workload.object(), review);
        }
    }
}

/// An autoscaler looks at every pod that its workload's selector matches, whoever owns it (KEP-5325 lets it
/// ask for owned ones only).
fn autoscalers(snapshot: &Snapshot, namespace: &str, workload: &ObjectRef, review: &mut Review) {
    let of_workload = format!("{} {}", workload.kind, workload.name);
    if let Err(gap) = snapshot.is_complete(HorizontalPodAutoscaler::KIND, Some(namespace)) {
        hazard(review, false, format!("{}: one of {of_workload} may count the pod", gap.what));
    }
    for autoscaler in snapshot.autoscalers.in_namespace(namespace) {
        let target = &autoscaler.get().value.spec.scale_target_ref;
        if target.kind.as_deref() == Some(workload.kind.as_str()) && target.name == workload.name {
            let name = named(&autoscaler.object());
            hazard(
                review,
                false,
                format!(
                    "{name} scales {of_workload} by the load of every pod its selector matches: while the prober runs it may \
                     count one more, which is not ready and has no load"
                ),
            );
        }
    }
}

fn policies(snapshot: &Snapshot, namespace: &str, review: &mut Review) {
    if let Err(gap) = snapshot.is_complete(NetworkPolicy::KIND, Some(namespace)) {
        hazard(review, false, format!("{}: other policies may select the pod", gap.what));
    }
    let labels = own_and(review);
    for policy in snapshot.network_policies.in_namespace(namespace) {
        let spec = &policy.get().value.spec;
        let name = named(&policy.object());
        match spec.pod_selector.matches(&labels) {
            Some(true) => review.policies.push(name),
            Some(false) => {}
            None => review.policies.push(format!("{name} (perhaps: its selector has an operator that is not known)")),
        }
    }
}
