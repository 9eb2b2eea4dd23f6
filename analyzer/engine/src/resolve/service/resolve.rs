//! Which source tells the addresses, and what it tells (API reference: discovery.k8s.io `EndpointSlice`;
//! endpoint slice controller; KEP-4974 on Endpoints).

use std::collections::BTreeMap;

use kubereach_reports::report::CoverageState;

use super::{Addressed, Doubt, Endpoint, Family, Group, GroupPort, Selected, Source, Truth, Workloads, addressed};
use crate::resolve::ClusterIndex;
use kubereach_model::snapshot::model::lenient::{Field, PortRef};
use kubereach_model::snapshot::model::{EndpointSlice, Endpoints, Pod, PodSpec, Resource as _, Service, TargetRef};
use kubereach_model::snapshot::{Found, Gap, matches_pairs};

const CONTROLLER: &str = "endpointslice-controller.k8s.io";

type Resolved<'s> = (Truth, Vec<Group<'s>>, Vec<Endpoint<'s>>);

/// Why slices of a namespace may exist that were not read. A cluster that does not serve the kind has
/// none, and kube-proxy reads Endpoints there: that is a gap too.
pub(super) fn slices_gap(cluster: &ClusterIndex<'_>, namespace: &str) -> Option<Gap> {
    if let Err(gap) = cluster.snapshot.is_complete(EndpointSlice::KIND, Some(namespace)) {
        return Some(gap);
    }
    let coverage = &cluster.snapshot.coverage;
    (coverage.state(EndpointSlice::KIND, Some(namespace)) == CoverageState::NotServed).then(|| {
        let why = coverage.of(EndpointSlice::KIND, Some(namespace)).reason;
        Gap::investigate(format!("EndpointSlice objects of namespace {namespace} are not served"), why)
    })
}

/// Slices of a Service that kube-proxy considers: it ignores the address type FQDN.
pub(super) fn usable_slices<'w, 's>(
    cluster: &'w ClusterIndex<'s>,
    service: &Service,
) -> impl Iterator<Item = Found<'s, EndpointSlice>> + use<'w, 's> {
    cluster.slices_of(service).iter().copied().filter(|slice| slice.address_type != "FQDN")
}

pub(super) fn resolve<'s>(
    cluster: &ClusterIndex<'s>,
    service: Found<'s, Service>,
    declared_only: bool,
    selected: &Selected<'s>,
    workloads: &Workloads<'s>,
) -> Resolved<'s> {
    let meta = &service.get().value.metadata;
    if cluster.is_simulated(&service) && !service.is_selectorless() {
        return simulated(cluster, service, selected, workloads);
    }
    let gap = slices_gap(cluster, &meta.namespace);
    let slices: Vec<_> = usable_slices(cluster, service.get()).collect();
    if !slices.is_empty() {
        let (groups, endpoints) = from_slices(cluster, service, selected, &slices);
        return (Truth::Slices(gap), groups, endpoints);
    }
    if declared_only && !service.is_selectorless() {
        let (groups, endpoints) = from_templates(service, selected, workloads);
        return (Truth::Templates, groups, endpoints);
    }
    let object = cluster.snapshot.lookup::<Endpoints>(&meta.namespace, &meta.name).found();
    // In manifests a hand-written Endpoints object stands for the slices that mirroring will make of it.
    let object = object.filter(|o| o.metadata.label("endpointslice.kubernetes.io/skip-mirror") != Some("true"));
    let mirrored = object.filter(|_| declared_only);
    let Some(gap) = gap else {
        return match mirrored {
            Some(object) => from_object(cluster, service, selected, object),
            None => (Truth::Slices(None), Vec::new(), Vec::new()),
        };
    };
    if let Some(object) = object {
        return from_object(cluster, service, selected, object);
    }
    if !service.is_selectorless() && (selected.gap.is_none() || !selected.is_empty()) {
        let (groups, endpoints) = from_pods(service, selected);
        return (Truth::Pods(selected.gap.clone()), groups, endpoints);
    }
    (Truth::Nothing(gap), Vec::new(), Vec::new())
}

fn from_slices<'s>(
    cluster: &ClusterIndex<'s>,
    service: Found<'s, Service>,
    selected: &Selected<'s>,
    slices: &[Found<'s, EndpointSlice>],
) -> (Vec<Group<'s>>, Vec<Endpoint<'s>>) {
    let mut groups = Vec::new();
    let mut endpoints = Vec::new();
    for slice in slices.iter().map(|slice| slice.get()) {
        let managed = slice.metadata.label("endpointslice.kubernetes.io/managed-by") == Some(CONTROLLER);
        let group = groups.len();
        groups.push(Group {
            source: slices.get(group).copied().map_or(Source::Worked, Source::Slice),
            ports: group_ports(&slice.value.ports),
            managed,
            family: Family::parse(&slice.address_type),
        });
        for endpoint in &slice.value.endpoints {
            let first = endpoint.addresses.first();
            let address = first.and_then(|a| a.known()).map(String::as_str);
            let redacted = first.is_some_and(kubereach_model::snapshot::model::lenient::Field::is_redacted);
            if address.is_none() && !redacted {
                continue;
            }
            let target = endpoint.target_ref.as_ref();
            let pod = target.and_then(|t| target_pod(cluster, service, selected, t));
            let is_own = is_own(pod, address);
            let state = State {
                ready: endpoint.conditions.is_ready(),
                serving: endpoint.conditions.is_serving(),
                terminating: endpoint.conditions.is_terminating(),
            };
            let doubt =
                target.and_then(|t| doubt(cluster, service, t, pod, (address, is_own), managed.then_some(state)));
            let node =
                endpoint.node_name.as_deref().or_else(|| pod.and_then(|p| p.get().value.spec.node_name.as_deref()));
            endpoints.push(Endpoint {
                address,
                ready: state.ready,
                serving: state.serving,
                terminating: state.terminating,
                redacted,
                pod,
                is_own,
                template: None,
                target,
                node,
                group,
                doubt,
            });
        }
    }
    (groups, endpoints)
}

fn group_ports(ports: &[kubereach_model::snapshot::model::SlicePort]) -> Vec<GroupPort<'_>> {
    ports
        .iter()
        .map(|p| GroupPort {
            name: &p.name,
            protocol: if p.protocol.is_empty() { "TCP" } else { &p.protocol },
            number: p.port.known().copied(),
            numbered: !matches!(p.port, Field::Absent | Field::Known(0)),
        })
        .collect()
}

fn from_object<'s>(
    cluster: &ClusterIndex<'s>,
    service: Found<'s, Service>,
    selected: &Selected<'s>,
    object: Found<'s, Endpoints>,
) -> Resolved<'s> {
    let value = &object.get().value;
    let managed = !service.is_selectorless();
    let mut groups = Vec::new();
    let mut endpoints = Vec::new();
    for subset in &value.subsets {
        let group = groups.len();
        groups.push(Group { source: Source::Object(object), ports: group_ports(&subset.ports), managed, family: None });
        let ready = subset.addresses.iter().map(|a| (a, true));
        for (entry, ready) in ready.chain(subset.not_ready_addresses.iter().map(|a| (a, false))) {
            let address = entry.ip.known().map(String::as_str);
            let target = entry.target_ref.as_ref();
            let pod = target.and_then(|t| target_pod(cluster, service, selected, t));
            let is_own = is_own(pod, address);
            // A terminating pod is among the not ready addresses; whether it still answers shows only in the pod.
            let terminating = pod.is_some_and(|p| p.is_terminating());
            let serving = ready || (terminating && pod.and_then(|p| p.is_ready()) == Some(true));
            let state = State { ready, serving, terminating };
            let doubt =
                target.and_then(|t| doubt(cluster, service, t, pod, (address, is_own), managed.then_some(state)));
            endpoints.push(Endpoint {
                address,
                ready,
                serving,
                terminating,
                redacted: entry.ip.is_redacted(),
                pod,
                is_own,
                template: None,
                target,
                node: entry.node_name.as_deref(),
                group,
                doubt,
            });
        }
    }
    let truncated = value.metadata.annotation("endpoints.kubernetes.io/over-capacity") == Some("truncated");
    (Truth::EndpointsObject { truncated }, groups, endpoints)
}

/// The ports of a pod behind a Service, as the controller works them out: a named target port is looked
/// up by name and protocol, and left out where the pod has none.
///
/// Without a spec (the template of a virtual machine shows no containers), or beside a port that cannot be read, a name
/// may lead to any number.
fn worked_ports<'s>(service: &'s Service, spec: Option<&PodSpec>) -> Vec<GroupPort<'s>> {
    service
        .spec
        .ports
        .iter()
        .filter_map(|port| {
            let number = match port.target_port.as_ref()? {
                PortRef::Number(n) => Some(*n),
                PortRef::Redacted => None,
                PortRef::Name(name) => match spec.map(|spec| (spec.named_port(name, &port.protocol), spec)) {
                    Some((Some(number), _)) => Some(number),
                    Some((None, spec)) if !spec.has_unreadable_port() => return None,
                    _ => None,
                },
            };
            Some(GroupPort { name: &port.name, protocol: &port.protocol, number, numbered: true })
        })
        .collect()
}

struct Worked<'s> {
    by_ports: BTreeMap<Vec<GroupPort<'s>>, usize>,
    groups: Vec<Group<'s>>,
}

impl<'s> Worked<'s> {
    fn group(&mut self, ports: Vec<GroupPort<'s>>) -> usize {
        if let Some(index) = self.by_ports.get(&ports) {
            return *index;
        }
        let index = self.groups.len();
        self.groups.push(Group { source: Source::Worked, ports: ports.clone(), managed: true, family: None });
        self.by_ports.insert(ports, index);
        index
    }
}

fn from_pods<'s>(service: Found<'s, Service>, selected: &Selected<'s>) -> (Vec<Group<'s>>, Vec<Endpoint<'s>>) {
    let mut worked = Worked { by_ports: BTreeMap::new(), groups: Vec::new() };
    let mut endpoints = Vec::new();
    let value = &service.get().value;
    for pod in selected.live.iter().chain(&selected.terminating) {
        if addressed(pod) == Addressed::No {
            continue;
        }
        let group = worked.group(worked_ports(value, Some(&pod.get().value.spec)));
        let (is_ready, terminating) = (pod.is_ready() == Some(true), pod.is_terminating());
        let address = pod.get().value.ips().find(|ip| fits(value, ip));
        endpoints.push(Endpoint {
            address,
            ready: value.publishes_not_ready() || (is_ready && !terminating),
            serving: is_ready,
            terminating,
            redacted: pod.status.as_ref().is_some_and(|s| s.pod_ip.is_redacted()),
            pod: Some(*pod),
            is_own: address.is_some(),
            template: None,
            target: None,
            node: pod.get().value.spec.node_name.as_deref(),
            group,
            doubt: None,
        });
    }
    (worked.groups, endpoints)
}

/// What a change leaves: slices that others keep, pods as they are, pods that stand for their successors,
/// and templates of workloads that are yet to have pods.
fn simulated<'s>(
    cluster: &ClusterIndex<'s>,
    service: Found<'s, Service>,
    selected: &Selected<'s>,
    workloads: &Workloads<'s>,
) -> Resolved<'s> {
    let slices: Vec<_> = usable_slices(cluster, service.get()).collect();
    let (mut groups, mut endpoints) = from_slices(cluster, service, selected, &slices);
    let mut worked = Worked { by_ports: BTreeMap::new(), groups: Vec::new() };
    let first = groups.len();
    let value = &service.get().value;
    let blank = |group| Endpoint {
        address: None,
        ready: true,
        serving: true,
        terminating: false,
        redacted: false,
        pod: None,
        is_own: false,
        template: None,
        target: None,
        node: None,
        group,
        doubt: None,
    };
    for pod in selected.live.iter().chain(&selected.terminating) {
        let replaced = cluster.is_replaced(pod);
        if !replaced && addressed(pod) == Addressed::No {
            continue;
        }
        let group = first + worked.group(worked_ports(value, Some(&pod.get().value.spec)));
        // Whether a pod that is yet to come will be ready is not known; that is said, and not held against it.
        let is_ready = pod.is_ready().unwrap_or(replaced);
        let terminating = pod.is_terminating();
        let address = pod.get().value.ips().find(|ip| fits(value, ip));
        endpoints.push(Endpoint {
            address,
            ready: value.publishes_not_ready() || (is_ready && !terminating),
            serving: is_ready,
            terminating,
            pod: Some(*pod),
            is_own: address.is_some(),
            node: pod.get().value.spec.node_name.as_deref(),
            ..blank(group)
        });
    }
    for workload in &workloads.owners {
        let meta = &workload.get().value.metadata;
        if workload.template().is_some()
            && cluster.snapshot.simulation.stands_in(workload.kind, &meta.namespace, &meta.name)
        {
            let group = first + worked.group(worked_ports(value, workload.get().value.pod_spec()));
            endpoints.push(Endpoint { template: Some(*workload), ..blank(group) });
        }
    }
    groups.append(&mut worked.groups);
    (Truth::Simulated(selected.gap.clone()), groups, endpoints)
}

/// Of a pod's addresses the controller takes one of the Service's family.
fn fits(service: &Service, address: &str) -> bool {
    let families = super::family::of_service(service);
    families.is_empty() || Family::of_address(address).is_none_or(|f| families.contains(&f))
}

fn from_templates<'s>(
    service: Found<'s, Service>,
    selected: &Selected<'s>,
    workloads: &Workloads<'s>,
) -> (Vec<Group<'s>>, Vec<Endpoint<'s>>) {
    let mut worked = Worked { by_ports: BTreeMap::new(), groups: Vec::new() };
    let mut endpoints = Vec::new();
    let pods = selected.live.iter().map(|pod| (Some(&pod.get().value.spec), Some(*pod), None));
    let templates = workloads.templates().map(|w| (w.get().value.pod_spec(), None, Some(w)));
    for (spec, pod, template) in pods.chain(templates) {
        let group = worked.group(worked_ports(&service.get().value, spec));
        endpoints.push(Endpoint {
            address: None,
            ready: true,
            serving: true,
            terminating: false,
            redacted: false,
            pod,
            is_own: false,
            template,
            target: None,
            node: None,
            group,
            doubt: None,
        });
    }
    (worked.groups, endpoints)
}

#[derive(Clone, Copy)]
struct State {
    ready: bool,
    serving: bool,
    terminating: bool,
}

/// The pod an address points to. Knative points into another namespace than the Service's.
fn target_pod<'s>(
    cluster: &ClusterIndex<'s>,
    service: Found<'s, Service>,
    selected: &Selected<'s>,
    target: &TargetRef,
) -> Option<Found<'s, Pod>> {
    if target.kind != "Pod" {
        return None;
    }
    // Nearly always it is one that the Service selects: those are few, and at hand.
    let near = selected.live.binary_search_by(|pod| pod.metadata.name.as_str().cmp(&target.name));
    let near = near.ok().and_then(|index| selected.live.get(index)).copied();
    if let Some(pod) = near.filter(|pod| pod.metadata.namespace == target_namespace(service, target)) {
        return Some(pod);
    }
    cluster.snapshot.pods.named(target_namespace(service, target), &target.name).next()
}

fn is_own(pod: Option<Found<'_, Pod>>, address: Option<&str>) -> bool {
    pod.zip(address).is_some_and(|(pod, address)| pod.ips().any(|ip| ip == address))
}

fn target_namespace<'t>(service: Found<'t, Service>, target: &'t TargetRef) -> &'t str {
    if target.namespace.is_empty() { &service.get().value.metadata.namespace } else { &target.namespace }
}

/// Does what was read of the pod contradict the address? `state` is that of an address which the
/// control plane keeps in step with the selected pods.
fn doubt<'s>(
    cluster: &ClusterIndex<'s>,
    service: Found<'s, Service>,
    target: &TargetRef,
    pod: Option<Found<'s, Pod>>,
    (address, is_own): (Option<&str>, bool),
    state: Option<State>,
) -> Option<Doubt> {
    if target.kind != "Pod" {
        return None;
    }
    let Some(pod) = pod else {
        let complete = cluster.snapshot.is_complete(Pod::KIND, Some(target_namespace(service, target))).is_ok();
        return complete.then_some(Doubt::StaleTarget);
    };
    if pod.is_manifest() {
        return None;
    }
    if matches!((&pod.metadata.uid, &target.uid), (Some(a), Some(b)) if a != b) {
        return Some(Doubt::StaleTarget);
    }
    let masked =
        pod.status.as_ref().is_none_or(|s| s.pod_ip.is_redacted() || s.pod_ips.iter().any(|p| p.ip.is_redacted()));
    if let Some(address) = address
        && !is_own
        && !masked
        && !pod.ips().any(|ip| same_address(ip, address))
    {
        return Some(Doubt::OtherAddress);
    }
    let state = state?;
    let value = &service.get().value;
    if !value.is_selectorless() && !matches_pairs(&value.spec.selector, &pod.metadata.labels) {
        return Some(Doubt::Readiness);
    }
    let is_ready = pod.is_ready()?;
    let expected = !pod.is_finished() && (value.publishes_not_ready() || (is_ready && !pod.is_terminating()));
    let fallback = pod.is_terminating() && state.terminating && state.serving != is_ready;
    (expected != state.ready || fallback).then_some(Doubt::Readiness)
}

/// IPv6 addresses have several spellings.
fn same_address(a: &str, b: &str) -> bool {
    use std::net::IpAddr;
    a == b || matches!((a.parse::<IpAddr>(), b.parse::<IpAddr>()), (Ok(a), Ok(b)) if a == b)
}
