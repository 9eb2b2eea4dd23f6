//! A `sectionName` that names no listener of the parent, or no port of the Service, and the one that was meant.

use std::collections::BTreeSet;

use kubereach_model::evidence::Step;
use kubereach_model::field;
use kubereach_model::snapshot::model::{Gateway, Listener, Service};
use serde_json::Value;

use super::{Case, Patch, below, near};

/// Of a route's parentRef: a listener of the Gateway with a near name, or the only one; by number the port of the only
/// one.
pub(super) fn of_route(case: &Case<'_>) -> Vec<Patch> {
    let Some((target, path)) = case.place() else { return Vec::new() };
    let Some((last, above)) = path.split_last() else { return Vec::new() };
    let Some(parent) = target.at(above) else { return Vec::new() };
    let text = |key: &str| parent.get(key).and_then(Value::as_str);
    if text("kind").is_some_and(|kind| kind != "Gateway") {
        return Vec::new();
    }
    let namespace = text("namespace").unwrap_or_else(|| target.namespace());
    let gateway = text("name").and_then(|name| case.snapshot.lookup::<Gateway>(namespace, name).found());
    let Some(gateway) = gateway else { return Vec::new() };
    let listeners: &[Listener] = &gateway.get().value.spec.listeners;
    let new = match (last == &Step::from("sectionName"), text("sectionName"), listeners) {
        (true, Some(section), all) => {
            let names: BTreeSet<&str> = all.iter().map(|listener| listener.name.as_str()).collect();
            let only = names.first().filter(|_| names.len() == 1).copied();
            let only = only.filter(|only| !near::are_two(section, only));
            near::meant(section, names.iter().copied()).or(only).map(Value::from)
        }
        (false, _, [only]) => only.port.known().map(|port| Value::from(*port)),
        _ => None,
    };
    new.and_then(|new| target.replace(path.iter().cloned(), new)).into_iter().collect()
}

/// Of a `BackendTLSPolicy`: the port of the Service with a near name, or the only one that has a name.
pub(super) fn of_policy(case: &Case<'_>) -> Vec<Patch> {
    let Some((target, path)) = case.place() else { return Vec::new() };
    let Some(Value::Array(refs)) = target.at(path) else { return Vec::new() };
    let mut patches = Vec::new();
    for (index, reference) in refs.iter().enumerate() {
        let text = |key: &str| reference.get(key).and_then(Value::as_str);
        let (Some(name), Some(section)) = (text("name"), text("sectionName")) else { continue };
        let Some(service) = case.snapshot.lookup::<Service>(target.namespace(), name).found() else { continue };
        let ports = service.get().value.spec.ports.iter().map(|port| port.name.as_str());
        let names: BTreeSet<&str> = ports.filter(|name| !name.is_empty()).collect();
        if names.contains(section) {
            continue;
        }
        let only = names.first().filter(|_| names.len() == 1).copied();
        let only = only.filter(|only| !near::are_two(section, only));
        let new = near::meant(section, names.iter().copied()).or(only);
        patches.extend(new.and_then(|new| target.replace(below(path, field![index, "sectionName"]), new)));
    }
    patches
}
