//! Every Service as a subject: one path per port and kind of address.

use std::collections::BTreeSet;
use std::sync::Arc;

use kubereach_reports::report::{Backend, Port, SegmentName};
use rayon::prelude::*;

use crate::evaluate::policy;
use crate::evaluate::service::{BackendSegments, Backends, Consumer};
use crate::evaluate::service::{Context, address, alias, behind_context};
use crate::resolve::service::ServiceView;
use kubereach_model::evidence::{Path, PathKey, Segment, SubjectPaths};
use kubereach_model::snapshot::model::ServicePort;

/// Every Service of the snapshot.
pub(crate) fn subjects(backends: &Backends<'_, '_>) -> Vec<SubjectPaths> {
    backends.cluster.service_views().par_iter().map(|view| subject(backends, view)).collect()
}

/// The backend of a path that ends at a port of this Service.
pub(crate) fn backend_of(view: &ServiceView<'_>, port: Option<&ServicePort>) -> Backend {
    let port = port.and_then(|p| match (p.port.known(), p.name.as_str()) {
        (Some(number), _) => Some(Port::Number(*number)),
        (None, "") => None,
        (None, name) => Some(Port::Name(name.to_owned())),
    });
    Backend { kind: "Service".to_owned(), namespace: view.namespace().to_owned(), name: view.name().to_owned(), port }
}

fn subject<'s>(backends: &Backends<'_, 's>, view: &ServiceView<'s>) -> SubjectPaths {
    let mut paths = Paths { view, all: Vec::new(), keys: BTreeSet::new() };
    if view.service.is_external_name() {
        for (backend, segments) in alias::paths(backends, view) {
            paths.add("external-name", None, backend, None, &segments);
        }
    } else {
        let ports = &view.service.get().value.spec.ports;
        let indexes: Vec<Option<usize>> =
            if ports.is_empty() { vec![None] } else { (0..ports.len()).map(Some).collect() };
        for index in indexes {
            paths.port(backends, index);
        }
    }
    SubjectPaths {
        object: view.service.object(),
        origin: view.service.origin,
        paths: paths.all,
        notes: Vec::new(),
        entries: Vec::new(),
        not_checked: Vec::new(),
    }
}

/// What lies behind node ports and load balancers: the same, but for who comes in by them.
fn from_outside<'s>(
    backends: &Backends<'_, 's>,
    cx: &Context<'_, 's>,
    port: &ServicePort,
    mut behind: BackendSegments,
) -> BackendSegments {
    for segment in behind.segments.iter_mut().filter(|segment| segment.name == SegmentName::Policy) {
        *segment = policy::from_outside(&backends.checks.policy, backends.cluster, cx.view, port, &cx.behind, segment);
    }
    behind
}

struct Paths<'v, 's> {
    view: &'v ServiceView<'s>,
    all: Vec<Path>,
    keys: BTreeSet<PathKey>,
}

impl<'s> Paths<'_, 's> {
    fn port(&mut self, backends: &Backends<'_, 's>, index: Option<usize>) {
        let (cluster, checks, view) = (backends.cluster, &backends.checks.service, self.view);
        let cx = Context::new(cluster, checks, view, index, Consumer::ClusterIp);
        let segments = behind_context(backends, &cx);
        let backend = backend_of(view, cx.port);
        // One number may be two ports, one per protocol.
        let matches = cx.port.filter(|p| p.protocol != "TCP").map(|p| p.protocol.clone());
        let listener = if view.service.is_headless() { "headless" } else { "cluster-ip" };
        self.add(listener, matches.clone(), backend.clone(), None, &segments);
        let kind = view.service.spec.kind.as_str();
        if let Some(port) = cx.port.filter(|_| matches!(kind, "NodePort" | "LoadBalancer")) {
            let outside = from_outside(backends, &cx, port, segments);
            if let Some(segment) = address::node_port(checks, &cx) {
                self.add("node-port", matches.clone(), backend.clone(), Some(segment), &outside);
            }
            if kind == "LoadBalancer" {
                self.add("load-balancer", matches, backend, Some(address::load_balancer(checks, &cx)), &outside);
            }
        }
    }

    fn add(
        &mut self,
        listener: &str,
        matches: Option<String>,
        backend: Backend,
        address: Option<Segment>,
        behind: &BackendSegments,
    ) {
        let key = PathKey {
            entry: self.view.service.object(),
            listener: Some(listener.to_owned()),
            host: None,
            matches,
            backend: Some(backend),
        };
        // The API server refuses two equal ports; a manifest may hold them, and they are one path.
        if !self.keys.insert(key.clone()) {
            return;
        }
        let segments = address.map(Arc::new).into_iter().chain(behind.segments.iter().cloned()).collect();
        self.all.push(Path { key, segments, dormant: behind.dormant.clone() });
    }
}
