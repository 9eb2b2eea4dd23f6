//! ExternalName Services: followed into the Service they name, where it is one of this cluster.

use std::sync::Arc;

use kubereach_reports::report::{Backend, Port, SegmentName};

use crate::checks::service::{
    external_name, external_name_in_cluster, external_name_is_address, external_name_target_unseen,
};
use crate::evaluate::Cluster;
use crate::evaluate::service::Consumer;
use crate::evaluate::service::context::Context;
use crate::evaluate::service::{BackendSegments, Backends, behind, port_index};
use crate::resolve::service::{Alias, ServiceView, alias_of};
use kubereach_model::evidence::Segment;
use kubereach_model::snapshot::{Gap, Lookup};

/// An alias of an alias is followed this far; more is a circle or as good as one.
const DEPTH: usize = 8;

/// Where an alias ends, with the `service` segment that says how it got there.
enum End<'w, 's> {
    /// Nowhere that can be looked at.
    Here,
    /// At a Service that is none itself.
    At(&'w ServiceView<'s>),
}

/// Follows the alias; findings go to the segment of the first one.
fn follow<'w, 's>(cluster: &'w Cluster<'s>, first: &'w ServiceView<'s>, consumer: Consumer) -> (Segment, End<'w, 's>) {
    let mut segment = Segment::new(SegmentName::Service, Some(first.service.object()));
    let mut view = first;
    for _ in 0..DEPTH {
        let cx = Context::new(cluster, view, None, consumer);
        let alias = alias_of(cluster, view.service);
        if let Some(note) = external_name::finding(&cx, &alias) {
            segment.add(note);
        }
        match alias {
            Alias::Outside(name) => {
                segment.evaluated(format!("alias for {}", kubereach_model::evidence::command::cut(&name)));
                return (segment, End::Here);
            }
            Alias::Address(address) => {
                segment.evaluated(format!("alias for {address}"));
                // A controller that resolves the value itself takes an address as it stands.
                if matches!(consumer, Consumer::ClusterIp | Consumer::Unknown) {
                    segment.add(external_name_is_address::finding(&cx, &address));
                }
                return (segment, End::Here);
            }
            Alias::Unreadable => {
                let gap =
                    Gap::investigate("the name it is an alias for", "it is missing or was masked by the collector");
                segment.add(external_name_target_unseen::finding(&cx, &gap, "a name"));
                return (segment, End::Here);
            }
            Alias::Service { namespace, name, target } => {
                segment.evaluated(format!("alias for Service {namespace}/{name}"));
                match target {
                    Lookup::Absent(absence) => {
                        segment.add(external_name_in_cluster::missing(&cx, &absence.proof(), &namespace, &name));
                        return (segment, End::Here);
                    }
                    Lookup::Unknown(gap) => {
                        segment.add(external_name_target_unseen::finding(
                            &cx,
                            &gap,
                            &format!("Service {namespace}/{name}"),
                        ));
                        return (segment, End::Here);
                    }
                    Lookup::Found(_) => {
                        let Some(next) = cluster.service_view(&namespace, &name) else { return (segment, End::Here) };
                        if !next.service.is_external_name() {
                            return (segment, End::At(next));
                        }
                        view = next;
                    }
                }
            }
        }
    }
    segment.add(external_name_in_cluster::circle(&Context::new(cluster, first, None, consumer)));
    (segment, End::Here)
}

/// The target's segments behind the alias' own.
fn joined(alias: &Segment, target: BackendSegments) -> BackendSegments {
    let mut own = alias.clone();
    let mut segments = Vec::new();
    for segment in target.segments {
        if segment.name == SegmentName::Service {
            own.evaluated(segment.evidence());
            for finding in segment.findings() {
                own.share(Arc::clone(finding));
            }
        } else {
            segments.push(segment);
        }
    }
    segments.insert(0, Arc::new(own));
    BackendSegments { segments, dormant: target.dormant }
}

/// What lies behind a reference to an alias.
pub(crate) fn backend<'s>(
    backends: &Backends<'_, 's>,
    view: &ServiceView<'s>,
    port: Option<&Port>,
    consumer: Consumer,
) -> BackendSegments {
    let cluster = backends.cluster;
    let (mut segment, end) = follow(cluster, view, consumer);
    let End::At(target) = end else {
        return BackendSegments { segments: vec![Arc::new(segment)], dormant: None };
    };
    // The reference names a port of the alias; an alias does not translate it.
    let number = port.and_then(|port| match port {
        Port::Number(number) => Some(*number),
        Port::Name(_) => {
            let index = port_index(&view.service, port)?;
            view.service.get().value.spec.ports.get(index)?.port.known().copied()
        }
    });
    let index = number.and_then(|n| port_index(&target.service, &Port::Number(n)));
    if let (None, Some(number), false) = (index, number, target.service.is_headless()) {
        let cx = Context::new(cluster, view, None, consumer);
        let proof = target.service.shows(format!("offers no port {number}"));
        segment.add(external_name_in_cluster::port_missing(&cx, &proof, target.service.object(), &number.to_string()));
        return BackendSegments { segments: vec![Arc::new(segment)], dormant: None };
    }
    joined(&segment, behind(backends, target, index, consumer))
}

/// The paths of an alias as a subject: one per port of the Service it leads to, or one without a port.
pub(crate) fn paths<'s>(backends: &Backends<'_, 's>, view: &ServiceView<'s>) -> Vec<(Backend, BackendSegments)> {
    let consumer = Consumer::ClusterIp;
    let (segment, end) = follow(backends.cluster, view, consumer);
    let End::At(target) = end else {
        let backend = crate::evaluate::service::subjects::backend_of(view, None);
        return vec![(backend, BackendSegments { segments: vec![Arc::new(segment)], dormant: None })];
    };
    let offered = &target.service.get().value.spec.ports;
    let asked: Vec<u16> = view.service.get().value.spec.ports.iter().filter_map(|p| p.port.known().copied()).collect();
    let wanted = |number: Option<&u16>| number.is_some_and(|n| asked.contains(n));
    let mut indexes: Vec<Option<usize>> =
        offered.iter().enumerate().filter(|(_, p)| wanted(p.port.known())).map(|(index, _)| Some(index)).collect();
    if indexes.is_empty() {
        // The alias declares no port (or others, which mean nothing): any of the target's may be used.
        indexes = (0..offered.len()).map(Some).collect();
    }
    if indexes.is_empty() {
        indexes.push(None);
    }
    indexes
        .into_iter()
        .map(|index| {
            let port = index.and_then(|i| offered.get(i));
            (super::subjects::backend_of(target, port), joined(&segment, behind(backends, target, index, consumer)))
        })
        .collect()
}
