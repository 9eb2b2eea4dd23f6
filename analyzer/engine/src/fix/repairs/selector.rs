//! A Service's selector that no pod fits, and a label that differs by a slip of the finger.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_model::snapshot::matches_pairs;
use kubereach_model::snapshot::model::Service;

use super::{Case, Patch, near};

/// Label sets of a namespace that are compared.
const COMPARED: usize = 2_000;

pub(super) fn propose(case: &Case<'_>) -> Vec<Patch> {
    let Some((target, path)) = case.place() else { return Vec::new() };
    let (namespace, name) = (target.namespace(), target.object.name.as_str());
    let Some(service) = case.snapshot.lookup::<Service>(namespace, name).found() else { return Vec::new() };
    let selector = &service.spec.selector;
    let mut respelt: BTreeSet<near::Respelt> = BTreeSet::new();
    for labels in labels(case, namespace) {
        let Some(one) = near::respelt(selector, labels) else { continue };
        let others = case.snapshot.services.in_namespace(namespace);
        let of_others = others
            .filter(|other| other.metadata.name != name && !other.is_selectorless())
            .any(|other| matches_pairs(&other.spec.selector, labels));
        // Pods that another Service leads to are meant if the name says so; a Service whose name says the old word
        // means what it says.
        let says = |word: &str| near::has_word(name, word);
        if (!of_others || says(&one.new.1)) && (!says(&one.old.1) || says(&one.new.1) || one.old.0 != one.new.0) {
            respelt.insert(one);
        }
    }
    respelt.iter().filter_map(|one| target.respell(path, (&one.old.0, &one.old.1), (&one.new.0, &one.new.1))).collect()
}

/// The labels of the pods of a namespace, and of those that its workloads make.
pub(super) fn labels<'c>(case: &Case<'c>, namespace: &str) -> Vec<&'c BTreeMap<String, String>> {
    let snapshot = case.snapshot;
    let templates = snapshot.workloads.in_namespace(namespace).take(COMPARED);
    let templates = templates.filter(|w| w.metadata.controller().is_none());
    let of_templates = templates.filter_map(|w| Some(&*w.get().value.template()?.metadata.labels));
    let pods = snapshot.pods.in_namespace(namespace).take(COMPARED).map(|pod| &*pod.get().value.metadata.labels);
    let mut all: Vec<&BTreeMap<String, String>> = of_templates.chain(pods).collect();
    all.sort_unstable();
    all.dedup();
    all
}
