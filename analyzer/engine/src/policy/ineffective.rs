//! What of the policies does nothing at present: policies that select no pod, rules whose peers are no pod.
//!
//! Said of pods that run and of templates that may make more, and only where all of them were read: a pod
//! that was not seen may be the one that is meant.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Direction, Truth};
use super::ends::Ends;
use super::engine::Scope;
use super::groups::Sight;
use super::selectors::{NAMESPACE_NAME, on_labels, on_namespace};
use super::set::Policies;
use kubereach_model::snapshot::model::{Pod, Resource as _, WorkloadKind};
use kubereach_model::snapshot::{Index, LabelSelector, Siblings};

/// Policies and rules that do nothing at present.
#[derive(Debug, Default)]
pub struct Ineffective {
    /// Policies that select no pod, in the order of all, per namespace.
    policies: Index<String, Vec<u32>>,
    /// Rules whose peers all are pods by their labels, and none is one.
    rules: BTreeSet<(u32, usize, usize)>,
}

type LabelsOf<'s> = &'s BTreeMap<String, String>;

/// The labels of pods by namespace.
pub(super) struct Kinds<'e, 's> {
    ends: &'e Ends<'s>,
    /// Were the pods of every namespace read?
    everywhere: bool,
    by_namespace: Index<&'s str, OfNamespace<'s>>,
    /// Namespaces by those of their labels by which peers choose, and those whose labels were not read.
    labelled: Index<(&'s str, &'s str), Vec<&'s str>>,
    unlabelled: Vec<&'s str>,
}

#[derive(Default)]
struct OfNamespace<'s> {
    all: Vec<LabelsOf<'s>>,
    by_label: Index<(&'s str, &'s str), Vec<usize>>,
}

impl<'s> OfNamespace<'s> {
    fn add(&mut self, labels: LabelsOf<'s>, sight: &Sight<'s>) {
        for (key, value) in labels.iter().filter(|(key, _)| sight.sees_label(key)) {
            self.by_label.entry((key, value)).or_default().push(self.all.len());
        }
        self.all.push(labels);
    }

    /// May the selector select one of them? Looks at those that have one of the labels it asks for.
    fn any(&self, selector: Option<&LabelSelector>) -> bool {
        let Some(selector) = selector else { return !self.all.is_empty() };
        let is_it = |labels: &&LabelsOf<'s>| on_labels(selector, labels) != Truth::No;
        let lists = selector.needed().map(|label| self.by_label.get(&label).map(Vec::as_slice).unwrap_or_default());
        match lists.min_by_key(|list| list.len()) {
            Some(fewest) => fewest.iter().filter_map(|index| self.all.get(*index)).any(|labels| is_it(&labels)),
            None => self.all.iter().any(|labels| is_it(&labels)),
        }
    }
}

impl<'s> Kinds<'_, 's> {
    fn add(&mut self, namespace: &'s str, labels: LabelsOf<'s>, sight: &Sight<'s>) {
        let of_namespace = self.by_namespace.entry(namespace).or_insert_with(|| {
            match self.ends.namespace_labels(namespace) {
                Some(labels) => {
                    for (key, value) in labels.iter().filter(|(key, _)| sight.sees_namespace_label(key)) {
                        self.labelled.entry((key, value)).or_default().push(namespace);
                    }
                }
                None => self.unlabelled.push(namespace),
            }
            OfNamespace::default()
        });
        of_namespace.add(labels, sight);
    }

    /// Does the selector surely select no pod of the namespace?
    pub(super) fn none_in(&self, namespace: &str, pods: Option<&LabelSelector>) -> bool {
        !self.by_namespace.get(namespace).is_some_and(|of| of.any(pods))
    }

    /// Do the selectors of a peer surely select no pod of any namespace?
    pub(super) fn none_anywhere(&self, namespaces: &LabelSelector, pods: Option<&LabelSelector>) -> bool {
        self.everywhere && !self.anywhere(namespaces, pods)
    }

    fn anywhere(&self, namespaces: &LabelSelector, pods: Option<&LabelSelector>) -> bool {
        let is_it = |namespace: &&str| {
            on_namespace(namespaces, namespace, self.ends.namespace_labels(namespace)) != Truth::No
                && self.by_namespace.get(namespace).is_some_and(|of| of.any(pods))
        };
        if let Some(name) = namespaces.match_labels.get(NAMESPACE_NAME) {
            return is_it(&name.as_str());
        }
        let lists = namespaces.needed().map(|label| self.labelled.get(&label).map(Vec::as_slice).unwrap_or_default());
        match lists.min_by_key(|list| list.len()) {
            Some(fewest) => fewest.iter().chain(&self.unlabelled).any(is_it),
            None => self.by_namespace.keys().any(is_it),
        }
    }
}

impl Ineffective {
    /// One look at each kind of pod and at the templates, and one over the peers of all rules.
    pub(super) fn of<'s>(ends: &Ends<'s>, policies: &Policies<'s>, sight: &Sight<'s>) -> Self {
        let snapshot = ends.snapshot();
        let mut ineffective = Self::default();
        if snapshot.is_manifests() {
            return ineffective;
        }
        let all_read = |namespace: Option<&str>| {
            // What is scaled to zero has no pods now and will have some: its template has to be known too.
            let workloads =
                [WorkloadKind::Deployment, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet, WorkloadKind::CronJob];
            snapshot.is_complete(Pod::KIND, namespace).is_ok()
                && workloads.iter().all(|kind| snapshot.is_complete(&kind.group_kind(), namespace).is_ok())
        };
        let mut kinds = Kinds {
            ends,
            everywhere: all_read(None),
            by_namespace: Index::default(),
            labelled: Index::default(),
            unlabelled: Vec::new(),
        };
        let lives = |siblings: &Siblings<'s>| siblings.pods().any(|pod| !pod.is_finished());
        let pods = snapshot.pods.siblings().filter(lives).filter_map(Siblings::first);
        let of_pods = pods.map(|pod| &pod.get().value.metadata).map(|meta| (meta.namespace.as_str(), &*meta.labels));
        let of_templates = snapshot.workloads.iter().filter_map(|workload| {
            let workload = &workload.get().value;
            Some((workload.metadata.namespace.as_str(), &*workload.template()?.metadata.labels))
        });
        for (namespace, labels) in of_pods.chain(of_templates) {
            kinds.add(namespace, labels, sight);
        }
        for (index, policy) in (0_u32..).zip(policies.all()) {
            let Scope::Namespace(namespace, selector) = policy.rules.scope() else { continue };
            if !all_read(Some(namespace)) {
                continue;
            }
            if kinds.none_in(namespace, Some(selector)) {
                ineffective.policies.entry(namespace.to_owned()).or_default().push(index);
                continue;
            }
            for direction in Direction::BOTH {
                let nobody = policy.rules.rules_for_nobody(direction, &kinds).into_iter();
                ineffective.rules.extend(nobody.map(|rule| (index, direction.index(), rule)));
            }
        }
        ineffective
    }

    /// Policies of a namespace that select no pod.
    pub fn policies(&self, namespace: &str) -> &[u32] {
        self.policies.get(namespace).map(Vec::as_slice).unwrap_or_default()
    }

    /// Are the peers of this rule no pod at present?
    pub fn rule(&self, policy: u32, direction: Direction, rule: usize) -> bool {
        self.rules.contains(&(policy, direction.index(), rule))
    }
}
