//! Where the pods of a shared proxy are reached from outside: the Services in front of them, and what is published of
//! those. For doors whose own objects publish no address.
//!
//! Source: core/v1 `ServiceStatus.loadBalancer`.

use crate::evaluate::Cluster;
use crate::evaluate::door::Place;
use kubereach_model::snapshot::model::{Pod, Service};
use kubereach_model::snapshot::{Found, matches_pairs};

/// The Services that select a pod like these.
pub(crate) fn services<'s>(cluster: &Cluster<'s>, pods: &[Found<'s, Pod>]) -> Vec<Found<'s, Service>> {
    let mut all: Vec<Found<'s, Service>> = Vec::new();
    let mut seen: Vec<(&str, &std::collections::BTreeMap<String, String>)> = Vec::new();
    for pod in pods {
        let meta = &pod.get().value.metadata;
        // Pods of one workload carry the same labels.
        if seen.contains(&(meta.namespace.as_str(), &*meta.labels)) {
            continue;
        }
        seen.push((meta.namespace.as_str(), &meta.labels));
        let of = cluster
            .snapshot
            .services
            .in_namespace(&meta.namespace)
            .filter(|service| !service.is_selectorless() && matches_pairs(&service.spec.selector, &meta.labels));
        for service in of {
            if !all.iter().any(|known| known.object() == service.object()) {
                all.push(service);
            }
        }
    }
    all
}

/// The addresses that are published of these Services.
pub(crate) fn places(services: &[Found<'_, Service>]) -> Vec<Place> {
    let mut places: Vec<Place> = services.iter().flat_map(of).collect();
    places.sort();
    places.dedup();
    places
}

fn of(service: &Found<'_, Service>) -> Vec<Place> {
    let status = service.get().value.status.iter().flat_map(|status| &status.load_balancer.ingress);
    status
        .filter_map(|entry| {
            let address = entry.ip.known().map(String::as_str);
            Place::of(address.or(entry.hostname.as_deref())?)
        })
        .collect()
}

/// One clause about where the proxy is reached.
pub(crate) fn evidence(services: &[Found<'_, Service>], name: &str) -> String {
    let places = places(services);
    match (places.first(), services.first()) {
        (Some(Place::Address(address)), _) => format!("address {address} published by a Service of {name}"),
        (Some(Place::Name(host)), _) => format!("address {host} published by a Service of {name}"),
        (None, Some(service)) => format!("reached at Service {}, which publishes no address", service.metadata.name),
        (None, None) => format!("it publishes no address of its own; it is reached where {name} is"),
    }
}
