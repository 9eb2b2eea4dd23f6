//! A target port that the pods do not declare, and the one that was meant.

use std::collections::BTreeSet;

use kubereach_model::evidence::Step;
use kubereach_model::snapshot::matches_pairs;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{Container, PodSpec, Service};
use serde_json::Value;

use super::{Case, Patch, near};
use crate::checks::service::target_port_suspect::app_containers;

/// Pods that are looked at.
const COMPARED: usize = 200;

/// A port that every pod declares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Declared {
    name: String,
    number: u16,
}

impl Declared {
    /// As a target port: by its name where it has one.
    fn word(&self) -> Value {
        if self.name.is_empty() { self.number.into() } else { self.name.as_str().into() }
    }
}

/// For a name that no container declares: the name that was meant, or the only port there is.
pub(super) fn propose(case: &Case<'_>) -> Vec<Patch> {
    let Some((service, index)) = service(case) else { return Vec::new() };
    let Some(port) = service.spec.ports.get(index) else { return Vec::new() };
    let Some(PortRef::Name(wanted)) = &port.target_port else { return Vec::new() };
    let declared = declared(&specs(case, service), &port.protocol);
    let names = declared.iter().map(|port| port.name.as_str()).filter(|name| !name.is_empty());
    let found = match near::meant(wanted, names) {
        Some(name) => Some(Value::from(name)),
        None => only(&declared).filter(|only| !near::are_two(wanted, &only.name)).map(Declared::word),
    };
    put(case, found)
}

/// For a number that no container declares: the only port that they declare, if their readiness probes ask it, so that
/// something is seen to listen there.
pub(super) fn propose_probed(case: &Case<'_>) -> Vec<Patch> {
    let Some((service, index)) = service(case) else { return Vec::new() };
    let Some(port) = service.spec.ports.get(index) else { return Vec::new() };
    let specs = specs(case, service);
    let declared = declared(&specs, &port.protocol);
    let Some(meant) = only(&declared) else { return Vec::new() };
    let asks = |container: &Container| {
        let asked = container.readiness_probe.as_ref().and_then(|probe| probe.port().cloned());
        match asked {
            Some(PortRef::Number(number)) => number == meant.number,
            Some(PortRef::Name(name)) => name == meant.name,
            _ => false,
        }
    };
    if !specs.iter().all(|spec| app_containers(spec).any(asks)) {
        return Vec::new();
    }
    put(case, Some(Value::from(meant.number)))
}

fn put(case: &Case<'_>, value: Option<Value>) -> Vec<Patch> {
    let (Some((target, path)), Some(value)) = (case.place(), value) else { return Vec::new() };
    // Left out it is the Service's own port.
    target
        .replace(path.iter().cloned(), value.clone())
        .or_else(|| target.add(path.iter().cloned(), value))
        .into_iter()
        .collect()
}

fn service<'c>(case: &Case<'c>) -> Option<(&'c Service, usize)> {
    let (target, path) = case.place()?;
    let service = case.snapshot.lookup::<Service>(target.namespace(), &target.object.name).found()?;
    let index = path.iter().find_map(|step| match step {
        Step::Index(index) => Some(*index),
        Step::Key(_) => None,
    })?;
    Some((&service.get().value, index))
}

/// What runs behind the Service: its pods, or where none was read what the templates say.
fn specs<'c>(case: &Case<'c>, service: &Service) -> Vec<&'c PodSpec> {
    let (namespace, selector) = (service.metadata.namespace.as_str(), &service.spec.selector);
    let pods = case.snapshot.pods.in_namespace(namespace);
    let pods = pods.filter(|pod| matches_pairs(selector, &pod.metadata.labels) && !pod.is_finished());
    let specs: Vec<&PodSpec> = pods.take(COMPARED).map(|pod| &pod.get().value.spec).collect();
    if !specs.is_empty() {
        return specs;
    }
    let workloads = case.snapshot.workloads.in_namespace(namespace);
    let fits = workloads.filter(|w| w.template().is_some_and(|t| matches_pairs(selector, &t.metadata.labels)));
    fits.take(COMPARED).filter_map(|w| w.get().value.pod_spec()).collect()
}

/// The ports that every one of them declares, of a protocol.
fn declared(specs: &[&PodSpec], protocol: &str) -> BTreeSet<Declared> {
    let of = |spec: &&PodSpec| -> BTreeSet<Declared> {
        let ports = app_containers(spec).flat_map(|container| &container.ports);
        let ports = ports.filter(|port| port.protocol == protocol);
        ports.filter_map(|p| Some(Declared { name: p.name.clone(), number: *p.container_port.known()? })).collect()
    };
    let mut all = specs.iter().map(of);
    let first = all.next().unwrap_or_default();
    all.fold(first, |common, next| common.intersection(&next).cloned().collect())
}

fn only(declared: &BTreeSet<Declared>) -> Option<&Declared> {
    declared.first().filter(|_| declared.len() == 1)
}
