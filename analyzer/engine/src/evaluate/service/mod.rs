//! The segments behind a Service port, and the subjects made of them.

mod address;
mod alias;
mod backends;
mod causes;
pub mod context;
mod endpoints;
mod own;
mod port;
mod shared;
mod subjects;
mod table;

use std::sync::Arc;

use kubereach_reports::report::{Port, SegmentName};

use crate::evaluate::policy;
use crate::evaluate::service::context::Context;
use crate::resolve::service::ServiceView;
use kubereach_model::evidence::{Dormant, Segment};
use kubereach_model::snapshot::model::Service;

pub use alias::{AliasContext, AliasStep};
pub use backends::Backends;
pub use causes::Cause;
pub(crate) use shared::Shared;
pub(crate) use subjects::subjects;
pub use table::{AliasCheck, AssumptionCheck, Check, CheckTable, NamingCheck, PodCheck, WorkloadCause, WorkloadCheck};

/// Who consumes the endpoints of a Service, where that changes which of them receive traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Consumer {
    /// kube-proxy or its replacement, by the Service's cluster address: falls back to serving,
    /// terminating endpoints (KEP-1669).
    ClusterIp,
    /// A controller that reads EndpointSlices itself and dials only ready addresses (ingress-nginx and
    /// most Gateway implementations).
    ReadyEndpoints,
    /// ingress-nginx: as above, TCP only, and an unmatched slice port falls back to a numeric targetPort.
    IngressNginx,
    /// Not known which.
    Unknown,
}

/// The part of a path that lies behind the reference to a Service port.
#[derive(Debug, Clone)]
pub struct BackendSegments {
    /// `service`, `endpoints`, `port`, `policy`, in this order.
    pub segments: Vec<Arc<Segment>>,
    /// The workload behind it is scaled to zero on purpose.
    pub dormant: Option<Dormant>,
}

/// The API server's own Service: it keeps the addresses itself.
pub(crate) fn is_api_server(cx: &context::Context<'_, '_>) -> bool {
    cx.view.namespace() == "default" && cx.view.name() == "kubernetes"
}

/// Which of its ports a reference means; of equal numbers the TCP one.
fn port_index(service: &Service, port: &Port) -> Option<usize> {
    let matches = |p: &kubereach_model::snapshot::model::ServicePort| match port {
        Port::Number(number) => p.port.known() == Some(number),
        Port::Name(name) => !p.name.is_empty() && p.name == *name,
    };
    let ports = || service.spec.ports.iter().enumerate().filter(|(_, p)| matches(p));
    ports().find(|(_, p)| p.protocol == "TCP").or_else(|| ports().next()).map(|(index, _)| index)
}

/// What lies behind a reference by another object.
pub(crate) fn backend<'s>(
    backends: &Backends<'_, 's>,
    view: &ServiceView<'s>,
    port: Option<&Port>,
    consumer: Consumer,
) -> BackendSegments {
    if view.service.is_external_name() {
        return alias::backend(backends, view, port, consumer);
    }
    let index = port.and_then(|port| port_index(&view.service, port));
    if index.is_none() {
        return unresolved(backends, view, consumer);
    }
    behind(backends, view, index, consumer)
}

/// The Service is known and the port is not: the rest stays unknown.
fn unresolved<'s>(backends: &Backends<'_, 's>, view: &ServiceView<'s>, consumer: Consumer) -> BackendSegments {
    let checks = &backends.checks.service;
    let cx = Context::new(backends.cluster, checks, view, None, consumer);
    let object = cx.object();
    let mut segments = vec![Arc::new(own::segment(checks, &cx))];
    segments
        .extend([SegmentName::Endpoints, SegmentName::Port].map(|s| Arc::new(Segment::new(s, Some(object.clone())))));
    segments.push(policy::without_port(&backends.checks.policy, &object));
    BackendSegments { segments, dormant: None }
}

/// Everything behind one port (`None` only for a Service without ports, which then has no `port` segment).
fn behind<'s>(
    backends: &Backends<'_, 's>,
    view: &ServiceView<'s>,
    index: Option<usize>,
    consumer: Consumer,
) -> BackendSegments {
    let cx = Context::new(backends.cluster, &backends.checks.service, view, index, consumer);
    behind_context(backends, &cx)
}

fn behind_context(backends: &Backends<'_, '_>, cx: &Context<'_, '_>) -> BackendSegments {
    let checks = &backends.checks.service;
    let own = Shared::default();
    let shared = backends.shared(cx.view).unwrap_or(&own);
    let (endpoints, dormant) = shared.endpoints(checks, cx);
    let mut segments = vec![shared.service(checks, cx), endpoints];
    if let Some(port) = cx.port {
        segments.push(Arc::new(port::segment(checks, cx)));
        segments.push(policy::behind(&backends.checks.policy, cx.cluster, cx.view, port, &cx.behind, cx.consumer));
    } else {
        segments.push(policy::without_port(&backends.checks.policy, &cx.object()));
    }
    BackendSegments { segments, dormant }
}
