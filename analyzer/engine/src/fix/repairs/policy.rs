//! A `NetworkPolicy` that turns traffic away although one of its rules was meant to let it in: a label of a peer with a
//! slip, a port that is the Service's and not the pods', or a port that the rule leaves out.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_model::evidence::{FieldPath, Step};
use kubereach_model::field;
use kubereach_model::snapshot::matches_pairs;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{NetworkPolicy, PolicyPeer, PolicyRule, Service};
use serde_json::{Value, json};

use super::{Case, Patch, Target, below, near, selector};

pub(super) fn propose(case: &Case<'_>) -> Vec<Patch> {
    let related = case.finding.related.iter().map(|related| &related.object);
    let named: BTreeSet<_> = std::iter::once(&case.finding.object).chain(related).collect();
    let policies = named.into_iter().filter(|object| object.kind == "NetworkPolicy" && object.group.is_none());
    policies.filter_map(|object| case.target(object)).flat_map(|target| of_policy(case, target)).collect()
}

fn of_policy(case: &Case<'_>, target: &Target) -> Vec<Patch> {
    let found = case.snapshot.lookup::<NetworkPolicy>(target.namespace(), &target.object.name).found();
    let Some(rules) = found.and_then(|policy| policy.get().value.spec.ingress.as_ref()) else { return Vec::new() };
    let (behind, names) = (behind(case, target), names(case, target));
    let mut patches = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let path: FieldPath = field!["spec", "ingress", index].into();
        for (n, peer) in rule.peers.iter().enumerate() {
            let path: FieldPath = below(&path, field!["from", n]).collect();
            patches.extend(of_peer(case, target, peer, &path));
        }
        patches.extend(of_ports(target, rule, &path, &behind, &names));
    }
    patches
}

/// Labels that nothing has, and that are near to those which something has.
fn of_peer(case: &Case<'_>, target: &Target, peer: &PolicyPeer, path: &[Step]) -> Vec<Patch> {
    let mut patches = Vec::new();
    let namespaces = case.snapshot.namespaces.iter().map(|namespace| &namespace.get().value.metadata);
    let namespaces: Vec<_> = namespaces.map(|meta| (meta.name.as_str(), named(&meta.name, &meta.labels))).collect();
    if let Some(selector) = &peer.namespace_selector {
        let all: Vec<&BTreeMap<String, String>> = namespaces.iter().map(|(_, labels)| labels).collect();
        if !all.iter().any(|labels| selector.matches(labels) != Some(false)) {
            patches.extend(respell(
                target,
                &below(path, field!["namespaceSelector", "matchLabels"]).collect::<Vec<_>>(),
                &all,
                |asked, labels| near::respelt(asked, labels).or_else(|| by_name(asked, labels)),
            ));
        }
    }
    if let Some(selector) = &peer.pod_selector {
        let of_namespace = |(_, labels): &&(&str, BTreeMap<String, String>)| {
            peer.namespace_selector.as_ref().is_some_and(|selector| selector.matches(labels) == Some(true))
        };
        let mut from: Vec<&str> = namespaces.iter().filter(of_namespace).map(|(name, _)| *name).collect();
        if peer.namespace_selector.is_none() {
            from.push(target.namespace());
        }
        let all: Vec<_> = from.iter().take(50).flat_map(|namespace| selector::labels(case, namespace)).collect();
        if !all.iter().any(|labels| selector.matches(labels) != Some(false)) {
            patches.extend(respell(
                target,
                &below(path, field!["podSelector", "matchLabels"]).collect::<Vec<_>>(),
                &all,
                near::respelt,
            ));
        }
    }
    patches
}

/// Every namespace carries its name as this label (Kubernetes, "Automatic labelling").
const NAME: &str = "kubernetes.io/metadata.name";

fn named(name: &str, labels: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut all = labels.clone();
    all.entry(NAME.to_owned()).or_insert_with(|| name.to_owned());
    all
}

/// A namespace that is asked for by its name, as a label that it does not have.
fn by_name(asked: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> Option<near::Respelt> {
    let mut differing = asked.iter().filter(|(key, value)| labels.get(*key) != Some(*value));
    let (key, value) = differing.next()?;
    let is_name = differing.next().is_none() && labels.get(NAME) == Some(value) && !labels.contains_key(key);
    is_name.then(|| near::Respelt { old: (key.clone(), value.clone()), new: (NAME.to_owned(), value.clone()) })
}

fn respell(
    target: &Target,
    map: &[Step],
    all: &[&BTreeMap<String, String>],
    respelt: fn(&BTreeMap<String, String>, &BTreeMap<String, String>) -> Option<near::Respelt>,
) -> Vec<Patch> {
    let Some(Value::Object(asked)) = target.at(map) else { return Vec::new() };
    let asked: BTreeMap<String, String> =
        asked.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect();
    let found: BTreeSet<near::Respelt> = all.iter().filter_map(|labels| respelt(&asked, labels)).collect();
    found.iter().filter_map(|one| target.respell(map, (&one.old.0, &one.old.1), (&one.new.0, &one.new.1))).collect()
}

/// Ports of Services in front of the pods that the policy selects: the Service's own, the pods', the protocol.
fn behind(case: &Case<'_>, target: &Target) -> BTreeSet<(u16, u16, String)> {
    let namespace = target.namespace();
    let found = case.snapshot.lookup::<NetworkPolicy>(namespace, &target.object.name).found();
    let Some(policy) = found else { return BTreeSet::new() };
    let selected: Vec<_> = selector::labels(case, namespace)
        .into_iter()
        .filter(|labels| policy.get().value.spec.pod_selector.matches(labels) == Some(true))
        .collect();
    let mut all = BTreeSet::new();
    for service in case.snapshot.services.in_namespace(namespace) {
        let service: &Service = &service.get().value;
        let leads = selected.iter().any(|labels| matches_pairs(&service.spec.selector, labels));
        if service.is_selectorless() || !leads {
            continue;
        }
        for port in &service.spec.ports {
            if let (Some(own), Some(PortRef::Number(pods))) = (port.port.known(), &port.target_port) {
                all.insert((*own, *pods, port.protocol.clone()));
            }
        }
    }
    all
}

/// Names of ports that the pods declare which the policy selects.
fn names<'c>(case: &Case<'c>, target: &Target) -> BTreeSet<&'c str> {
    let (snapshot, namespace) = (case.snapshot, target.namespace());
    let Some(policy) = snapshot.lookup::<NetworkPolicy>(namespace, &target.object.name).found() else {
        return BTreeSet::new();
    };
    let selector = &policy.get().value.spec.pod_selector;
    let pods = snapshot.pods.in_namespace(namespace).map(|pod| &*pod.get().value);
    let of_pods = pods.filter(|pod| selector.matches(&pod.metadata.labels) == Some(true)).map(|pod| &pod.spec);
    let workloads = snapshot.workloads.in_namespace(namespace).map(|workload| &*workload.get().value);
    let of_templates = workloads.filter_map(|workload| {
        let template = workload.template()?;
        (selector.matches(&template.metadata.labels) == Some(true)).then(|| workload.pod_spec())?
    });
    let ports = of_pods
        .chain(of_templates)
        .flat_map(kubereach_model::snapshot::model::PodSpec::serving_containers)
        .flat_map(|c| &c.ports);
    ports.map(|port| port.name.as_str()).filter(|name| !name.is_empty()).collect()
}

/// The port of the pods in the place of the Service's; and one more where none was meant.
fn of_ports(
    target: &Target,
    rule: &PolicyRule,
    path: &[Step],
    behind: &BTreeSet<(u16, u16, String)>,
    names: &BTreeSet<&str>,
) -> Vec<Patch> {
    let mut patches = Vec::new();
    for (n, port) in rule.ports.iter().enumerate() {
        if let Some(PortRef::Name(name)) = &port.port
            && !names.contains(name.as_str())
            && let Some(near) = near::meant(name, names.iter().copied())
        {
            patches.extend(target.replace(below(path, field!["ports", n, "port"]), near));
        }
    }
    let protocol = |of: &Option<String>| of.clone().unwrap_or_else(|| "TCP".to_owned());
    let has = |number: u16, word: &str| {
        rule.ports.iter().any(|p| p.port == Some(PortRef::Number(number)) && protocol(&p.protocol) == word)
    };
    for (own, pods, word) in behind.iter().filter(|(own, pods, word)| own != pods && !has(*pods, word)) {
        for (n, port) in rule.ports.iter().enumerate() {
            if port.port == Some(PortRef::Number(*own)) && protocol(&port.protocol) == *word {
                patches.extend(target.replace(below(path, field!["ports", n, "port"]), *pods));
            }
        }
    }
    // A rule without ports admits on all of them.
    if patches.is_empty() && !rule.ports.is_empty() {
        for (_, pods, word) in behind.iter().filter(|(_, pods, word)| !has(*pods, word)) {
            let port = json!({"port": pods, "protocol": word});
            patches.extend(target.add(below(path, field!["ports", rule.ports.len()]), port));
        }
    }
    patches
}
