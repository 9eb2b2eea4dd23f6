//! ExternalName Services: followed into the Service they name, where it is one of this cluster.

use std::sync::Arc;

use kubereach_reports::report::{Backend, Port, SegmentName};

use crate::evaluate::service::Consumer;
use crate::evaluate::service::{BackendSegments, Backends, behind, port_index};
use crate::resolve::service::{Alias, ServiceView, alias_of};
use kubereach_model::evidence::Segment;
use kubereach_model::evidence::command::cut;
use kubereach_model::snapshot::model::Service;
use kubereach_model::snapshot::{Found, Lookup};

/// An alias of an alias is followed this far; more is a circle or as good as one.
const DEPTH: usize = 8;

/// Where an alias ends, with the `service` segment that says how it got there.
enum End<'w, 's> {
    /// Nowhere that can be looked at.
    Here,
    /// At a Service that is none itself.
    At(&'w ServiceView<'s>),
}

/// What following an alias came to.
#[derive(Debug, Clone, Copy)]
pub enum AliasStep<'a, 's> {
    /// It leads there.
    Leads(&'a Alias<'s>),
    /// It leads back to itself through others.
    Circle,
    /// The Service where it ends does not offer this port.
    NoPort(&'a ServiceView<'s>, u16),
}

/// One step of following an alias.
pub struct AliasContext<'a, 's> {
    /// The alias.
    pub service: Found<'s, Service>,
    /// Who asks for it.
    pub consumer: Consumer,
    /// What it came to.
    pub step: AliasStep<'a, 's>,
}

/// Asks the checks about one step.
fn ask(backends: &Backends<'_, '_>, segment: &mut Segment, cx: &AliasContext<'_, '_>) {
    for finding in backends.checks.service.alias.iter().filter_map(|check| check(cx)) {
        segment.add(finding);
    }
}

/// Follows the alias; findings go to the segment of the first one.
fn follow<'w, 's>(
    backends: &Backends<'w, 's>,
    first: &'w ServiceView<'s>,
    consumer: Consumer,
) -> (Segment, End<'w, 's>) {
    let cluster = backends.cluster;
    let mut segment = Segment::new(SegmentName::Service, Some(first.service.object()));
    let mut view = first;
    for _ in 0..DEPTH {
        let alias = alias_of(cluster, view.service);
        match &alias {
            Alias::Outside(name) => segment.evaluated(format!("alias for {}", cut(name))),
            Alias::Address(address) => segment.evaluated(format!("alias for {address}")),
            Alias::Unreadable => {}
            Alias::Service { namespace, name, .. } => {
                segment.evaluated(format!("alias for Service {namespace}/{name}"));
            }
        }
        ask(backends, &mut segment, &AliasContext { service: view.service, consumer, step: AliasStep::Leads(&alias) });
        let Alias::Service { namespace, name, target: Lookup::Found(_) } = alias else { return (segment, End::Here) };
        let Some(next) = cluster.service_view(&namespace, &name) else { return (segment, End::Here) };
        if !next.service.is_external_name() {
            return (segment, End::At(next));
        }
        view = next;
    }
    ask(backends, &mut segment, &AliasContext { service: first.service, consumer, step: AliasStep::Circle });
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
    let (mut segment, end) = follow(backends, view, consumer);
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
        let step = AliasStep::NoPort(target, number);
        ask(backends, &mut segment, &AliasContext { service: view.service, consumer, step });
        return BackendSegments { segments: vec![Arc::new(segment)], dormant: None };
    }
    joined(&segment, behind(backends, target, index, consumer))
}

/// The paths of an alias as a subject: one per port of the Service it leads to, or one without a port.
pub(crate) fn paths<'s>(backends: &Backends<'_, 's>, view: &ServiceView<'s>) -> Vec<(Backend, BackendSegments)> {
    let consumer = Consumer::ClusterIp;
    let (segment, end) = follow(backends, view, consumer);
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
