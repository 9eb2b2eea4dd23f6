//! ExternalName Services: followed into the Service they name, where it is one of this cluster.

use std::sync::Arc;

use kubereach_reports::report::{Backend, Port, SegmentName};

use super::{BackendStretches, Backends, behind, port_index};
use crate::checks::service::context::Context;
use crate::checks::service::{
    Consumer, external_name, external_name_in_cluster, external_name_is_address, external_name_target_unseen,
};
use crate::resolve::World;
use crate::resolve::service::{Alias, ServiceView, alias_of};
use kubereach_model::evidence::Stretch;
use kubereach_model::snapshot::{Gap, Lookup};

/// An alias of an alias is followed this far; more is a circle or as good as one.
const DEPTH: usize = 8;

/// Where an alias ends, with the `service` stretch that says how it got there.
enum End<'w, 's> {
    /// Nowhere that can be looked at.
    Here,
    /// At a Service that is none itself.
    At(&'w ServiceView<'s>),
}

/// Follows the alias; findings go to the stretch of the first one.
fn follow<'w, 's>(world: &'w World<'s>, first: &'w ServiceView<'s>, consumer: Consumer) -> (Stretch, End<'w, 's>) {
    let mut stretch = Stretch::new(SegmentName::Service, Some(first.service.object()));
    let mut view = first;
    for _ in 0..DEPTH {
        let cx = Context::new(world, view, None, consumer);
        let alias = alias_of(world, view.service);
        if let Some(note) = external_name::finding(&cx, &alias) {
            stretch.add(note);
        }
        match alias {
            Alias::Outside(name) => {
                stretch.evaluated(format!("alias for {}", crate::checks::command::cut(&name)));
                return (stretch, End::Here);
            }
            Alias::Address(address) => {
                stretch.evaluated(format!("alias for {address}"));
                // A controller that resolves the value itself takes an address as it stands.
                if matches!(consumer, Consumer::ClusterIp | Consumer::Unknown) {
                    stretch.add(external_name_is_address::finding(&cx, &address));
                }
                return (stretch, End::Here);
            }
            Alias::Unreadable => {
                let gap =
                    Gap::investigate("the name it is an alias for", "it is missing or was masked by the collector");
                stretch.add(external_name_target_unseen::finding(&cx, &gap, "a name"));
                return (stretch, End::Here);
            }
            Alias::Service { namespace, name, target } => {
                stretch.evaluated(format!("alias for Service {namespace}/{name}"));
                match target {
                    Lookup::Absent(absence) => {
                        stretch.add(external_name_in_cluster::missing(&cx, &absence.proof(), &namespace, &name));
                        return (stretch, End::Here);
                    }
                    Lookup::Unknown(gap) => {
                        stretch.add(external_name_target_unseen::finding(
                            &cx,
                            &gap,
                            &format!("Service {namespace}/{name}"),
                        ));
                        return (stretch, End::Here);
                    }
                    Lookup::Found(_) => {
                        let Some(next) = world.service_view(&namespace, &name) else { return (stretch, End::Here) };
                        if !next.service.is_external_name() {
                            return (stretch, End::At(next));
                        }
                        view = next;
                    }
                }
            }
        }
    }
    stretch.add(external_name_in_cluster::circle(&Context::new(world, first, None, consumer)));
    (stretch, End::Here)
}

/// The target's segments behind the alias' own.
fn joined(alias: &Stretch, target: BackendStretches) -> BackendStretches {
    let mut own = alias.clone();
    let mut stretches = Vec::new();
    for stretch in target.stretches {
        if stretch.segment == SegmentName::Service {
            own.evaluated(stretch.evidence());
            for finding in stretch.findings() {
                own.share(Arc::clone(finding));
            }
        } else {
            stretches.push(stretch);
        }
    }
    stretches.insert(0, Arc::new(own));
    BackendStretches { stretches, dormant: target.dormant }
}

/// What lies behind a reference to an alias.
pub(super) fn backend<'s>(
    backends: &Backends<'_, 's>,
    view: &ServiceView<'s>,
    port: Option<&Port>,
    consumer: Consumer,
) -> BackendStretches {
    let world = backends.world;
    let (mut stretch, end) = follow(world, view, consumer);
    let End::At(target) = end else {
        return BackendStretches { stretches: vec![Arc::new(stretch)], dormant: None };
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
        let cx = Context::new(world, view, None, consumer);
        let proof = target.service.shows(format!("offers no port {number}"));
        stretch.add(external_name_in_cluster::port_missing(&cx, &proof, target.service.object(), &number.to_string()));
        return BackendStretches { stretches: vec![Arc::new(stretch)], dormant: None };
    }
    joined(&stretch, behind(backends, target, index, consumer))
}

/// The paths of an alias as a subject: one per port of the Service it leads to, or one without a port.
pub(super) fn paths<'s>(backends: &Backends<'_, 's>, view: &ServiceView<'s>) -> Vec<(Backend, BackendStretches)> {
    let consumer = Consumer::ClusterIp;
    let (stretch, end) = follow(backends.world, view, consumer);
    let End::At(target) = end else {
        let backend = super::subjects::backend_of(view, None);
        return vec![(backend, BackendStretches { stretches: vec![Arc::new(stretch)], dormant: None })];
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
            (super::subjects::backend_of(target, port), joined(&stretch, behind(backends, target, index, consumer)))
        })
        .collect()
}
