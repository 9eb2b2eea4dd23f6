//! Kong's `TCPIngress` as a door: connections to a port of Kong's proxy, told apart by the server name where TLS is
//! spoken, and led to a Service port (`docs/semantics/ingress-controllers.md#kongs-tcpingress-takes-connections`).

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, SegmentName, UncheckedItem};
use rayon::prelude::*;

use super::spoken::Spoken;
use super::{Around, Door, FrontDoor, Kind, OpenDoor, Question, handshake, stream};
use crate::evaluate::Cluster;
use crate::evaluate::ingress::assemble;
use crate::evaluate::ingress::door::places;
use crate::evaluate::service::Backends;
use crate::resolve::entries::UnmodelledEntries;
use crate::resolve::ingress::Ingresses;
use crate::resolve::ingress::entry::{ClassField, Entry};
use crate::resolve::ingress::rules::{Declared, once};
use crate::resolve::ingress::state::IngressState;
use crate::resolve::proxy_pods::TrafficSource;
use kubereach_model::evidence::{Path, Segment, SubjectPaths};
use kubereach_model::field;
use kubereach_model::snapshot::model::{LoadBalancerIngress, Resource as _, TcpIngress};
use kubereach_model::snapshot::{Found, Kept as _, Provenance};

/// What a rule takes; its path is `:PORT`.
const TCP: &str = "TCP";

/// configuration.konghq.com `TCPIngress`.
#[derive(Debug)]
pub(super) struct KongTcp;

impl Door for KongTcp {
    fn kinds(&self) -> &'static [Kind] {
        const KIND: Kind = Kind::leading("configuration.konghq.com", "TCPIngress");
        &[KIND]
    }

    fn subjects(&self, backends: &Backends<'_, '_>) -> Vec<SubjectPaths> {
        let all = all(backends.cluster);
        let entries = UnmodelledEntries::of(backends.cluster);
        all.states.par_iter().map(|state| subject(backends, &all, &entries, state)).collect()
    }

    fn open<'w>(&self, cluster: &'w Cluster<'_>) -> Box<dyn OpenDoor + 'w> {
        let all = all(cluster);
        let at = all.states.iter().enumerate().map(|(id, state)| (state.ingress.object(), id)).collect();
        Box::new(Open { all, at })
    }
}

fn all<'s>(cluster: &Cluster<'s>) -> Ingresses<'s> {
    let entries = TcpIngress::store(cluster.snapshot).iter().map(entry);
    Ingresses::new(cluster, entries, TcpIngress::KIND)
}

fn entry(found: Found<'_, TcpIngress>) -> Entry<'_> {
    let ingress = &found.get().value;
    let rules = ingress.spec.rules.iter().enumerate().map(|(i, rule)| Declared {
        host: rule.host.as_deref().filter(|host| !host.is_empty()),
        path: Cow::Owned(rule.port.known().map_or_else(|| ":?".to_owned(), |port| format!(":{port}"))),
        path_type: TCP,
        backend: &rule.backend,
        field: field!["spec", "rules", i, "backend"].into(),
        host_field: field!["spec", "rules", i, "host"].into(),
        repeats: false,
    });
    Entry {
        found: found.any(),
        declared: once(rules.collect()),
        tls: &ingress.spec.tls,
        published: published(found),
        class: ClassField::Annotation("Kong"),
        ingress: None,
    }
}

/// Unlike that of an Ingress, the status of a custom resource is there only once a controller has written it.
fn published(found: Found<'_, TcpIngress>) -> Option<&[LoadBalancerIngress]> {
    match &found.get().value.status {
        Some(status) => Some(&status.load_balancer.ingress),
        None => (found.provenance == Provenance::Live).then_some(&[]),
    }
}

/// The port that a rule or a path names.
fn port_of(text: &str) -> Option<u16> {
    text.rsplit_once(':')?.1.parse().ok()
}

fn subject<'s>(
    backends: &Backends<'_, 's>,
    all: &Ingresses<'s>,
    entries: &UnmodelledEntries<'s>,
    state: &IngressState<'s>,
) -> SubjectPaths {
    let unseen: BTreeSet<&str> =
        state.ingress.declared.iter().map(|rule| &*rule.path).filter(|port| !is_declared(state, port)).collect();
    let listener = |rule: &Declared<'_>| {
        let mut segment = Segment::new(SegmentName::Listener, Some(state.ingress.object()));
        if !unseen.contains(&*rule.path) {
            let spoken = if rule.host.is_some() { "TLS" } else { "TCP or TLS" };
            segment.evaluated(format!("{spoken}, on a port that Kong's pods declare"));
        }
        Arc::new(segment)
    };
    let mut subject = assemble::subject(backends, all, entries, state, &listener);
    subject.not_checked.extend(unseen.iter().map(|port| {
        UncheckedItem {
            what: format!("whether Kong listens on port {}", port.trim_start_matches(':')),
            why: "its listeners stand in its own configuration (stream_listen), and no pod of its proxy that was read \
              declares the port"
                .to_owned(),
        }
    }));
    subject
}

/// Does a pod of the proxy declare the port? That none does proves nothing: a declaration opens no port, and the lack
/// of one closes none.
fn is_declared(state: &IngressState<'_>, port: &str) -> bool {
    let Some(TrafficSource::Pods(pods)) = state.proxy.as_ref().map(|proxy| &proxy.source) else { return false };
    let number = port_of(port);
    let mut ports = pods.iter().flat_map(|pod| pod.spec.serving_containers()).flat_map(|container| &container.ports);
    number.is_some() && ports.any(|p| p.container_port.known().copied() == number && p.protocol == "TCP")
}

struct Open<'s> {
    all: Ingresses<'s>,
    at: HashMap<ObjectRef, usize>,
}

impl OpenDoor for Open<'_> {
    fn front(&self, path: &Path, around: &dyn Around) -> Result<FrontDoor, String> {
        let state = self.at.get(&path.key.entry).and_then(|id| self.all.states.get(*id));
        let state = state.ok_or("the TCPIngress itself was not read")?;
        let places = places(state)?;
        let port = path.key.matches.as_deref().and_then(port_of).ok_or("its port was masked or is none")?;
        // Kong ends TLS itself.
        let target = if path.key.host.is_some() { handshake(path, true) } else { stream(path, around) };
        Ok(FrontDoor { places, question: Ok(Question { port, target }) })
    }

    fn speaks(&self, _: &ObjectRef) -> Option<Spoken> {
        None
    }
}
