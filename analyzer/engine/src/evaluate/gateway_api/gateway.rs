//! A Gateway's own segments: class, controller and addresses.

use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, PathState, SegmentName};

use super::context::{GatewayContext, GatewayStatusContext, ProxyContext};
use super::listener::ListenerSegments;
use super::table::{CheckTable, ask};
use crate::evaluate::Cluster;
use crate::evaluate::service::Consumer;
use crate::resolve::conditions::ConditionState;
use crate::resolve::controllers;
use crate::resolve::gateway::{GatewayState, Gateways};
use crate::resolve::proxy_pods::{Proxy, TrafficSource};
use kubereach_model::evidence::command::cut;
use kubereach_model::evidence::{Carriers, Segment};
use kubereach_model::snapshot::model::lenient::Field;
use kubereach_model::snapshot::model::{Gateway, Pod, Resource as _};
use kubereach_model::snapshot::{Found, Gap, Lookup};

/// The segments that every path through a Gateway begins with, and what they show about its controller.
#[derive(Debug)]
pub(crate) struct GatewaySegments {
    pub(crate) address: Arc<Segment>,
    pub(crate) controller: Arc<Segment>,
    /// How the controller reads the endpoints of Services.
    pub(crate) consumer: Consumer,
    /// The controller serves `HTTPRoutes` and `GRPCRoutes` with one host name side by side.
    pub(crate) shares_hostnames: bool,
    /// A controller has accepted or refused the Gateway, so it is at work.
    pub(crate) reconciled: bool,
}

impl GatewaySegments {
    pub(super) fn new(
        checks: &CheckTable,
        cluster: &Cluster<'_>,
        gateways: &Gateways<'_>,
        state: &GatewayState<'_>,
        listeners: &[ListenerSegments],
        proxy: Option<&Proxy<'_>>,
    ) -> Self {
        let cx = GatewayContext::new(cluster, state);
        let mut controller = Segment::new(SegmentName::Controller, Some(class_ref(&state.gateway)));
        if let Some(carriers) = carriers(cluster, proxy) {
            controller.carried_by(Arc::new(carriers));
        }
        if let Some(evidence) = class_evidence(&cx) {
            controller.evaluated(evidence);
        }
        ask(checks.controller, &cx, &mut controller);
        if let Some(cx) = proxy.and_then(|proxy| unready(&cx, proxy)) {
            ask(checks.proxy, &cx, &mut controller);
        }
        let mut address = Segment::new(SegmentName::Address, Some(state.gateway.object()));
        address.evaluated(address_evidence(&state.gateway, state.gateway.is_manifest()));
        ask(checks.address, &cx, &mut address);
        // The conditions add something only where nothing else was found.
        if controller.state() == PathState::Open {
            let status = GatewayStatusContext {
                gateway: &cx,
                listeners_explained: listeners_explained(gateways, state, listeners),
                addresses_explained: address.state() != PathState::Open,
            };
            ask(checks.controller_status, &status, &mut controller);
            ask(checks.address_status, &status, &mut address);
        }
        let decided = |c: ConditionState<'_>| matches!(c, ConditionState::True(_) | ConditionState::False(_));
        let known = controllers::of_gateway_class(state.controller()).map(|(_, gateways)| gateways);
        let dials_endpoints = known.is_some_and(|gateways| gateways.dials_endpoints);
        Self {
            consumer: if dials_endpoints { Consumer::ReadyEndpoints } else { Consumer::Unknown },
            shares_hostnames: known.is_some_and(|gateways| gateways.shares_hostnames),
            reconciled: decided(cx.accepted) || decided(cx.programmed),
            address: Arc::new(address),
            controller: Arc::new(controller),
        }
    }
}

/// Who carries its traffic; manifests leave that to the cluster that they are for.
fn carriers(cluster: &Cluster<'_>, proxy: Option<&Proxy<'_>>) -> Option<Carriers> {
    let outside = || (!cluster.is_manifests()).then_some(Carriers::Outside);
    proxy.map(|proxy| proxy.source.carriers()).or_else(outside)
}

/// The pods that carry its traffic, if each of them says that it is not ready.
fn unready<'c, 's>(cx: &'c GatewayContext<'c, 's>, proxy: &Proxy<'s>) -> Option<ProxyContext<'c, 's>> {
    let TrafficSource::Pods(pods) = &proxy.source else { return None };
    let pod = pods.first().copied().filter(|_| pods.iter().all(|pod| pod.is_ready() == Some(false)))?;
    let on_node = |pod: &Found<'_, Pod>| {
        pod.spec.is_host_network()
            || pod.spec.containers.iter().flat_map(|c| &c.ports).any(|port| !port.host_port.is_absent())
    };
    let snapshot = cx.cluster.snapshot;
    let young = pods
        .iter()
        .all(|pod| cx.cluster.age_seconds(pod.metadata.creation_timestamp.0).is_some_and(|age| age < YOUNG_SECONDS));
    let doubt = match snapshot.is_complete(Pod::KIND, None) {
        Err(gap) => Some(gap),
        Ok(()) if pods.iter().any(on_node) => {
            Some(Gap::investigate("whether its pods take traffic", "they listen on their nodes"))
        }
        Ok(()) if young => Some(Gap::investigate("whether its pods take traffic", "they are seconds old")),
        Ok(()) => None,
    };
    Some(ProxyContext { gateway: cx, name: proxy.name, pod, count: pods.len(), doubt })
}

/// A pod younger than this is still starting.
const YOUNG_SECONDS: i64 = 60;

fn class_ref(gateway: &Gateway) -> ObjectRef {
    ObjectRef {
        kind: "GatewayClass".to_owned(),
        namespace: None,
        name: gateway.spec.gateway_class_name.clone(),
        group: None,
    }
}

fn class_evidence(cx: &GatewayContext<'_, '_>) -> Option<String> {
    match &cx.state.class {
        Lookup::Found(class) => {
            Some(format!("GatewayClass {}, controller {}", class.metadata.name, cut(cx.state.controller())))
        }
        Lookup::Absent(_) => Some("no such GatewayClass".to_owned()),
        Lookup::Unknown(_) if cx.accepted.is_true() => {
            Some("a controller accepted the Gateway (its status)".to_owned())
        }
        Lookup::Unknown(_) if cx.cluster.is_manifests() => Some("declared; the class is the cluster's".to_owned()),
        Lookup::Unknown(_) => None,
    }
}

fn address_evidence(gateway: &Gateway, is_manifest: bool) -> String {
    let Some(status) = &gateway.status else {
        let why = if is_manifest { "declared; a manifest cannot show addresses" } else { "the input holds no status" };
        return why.to_owned();
    };
    if status.addresses.is_empty() {
        return "no address published".to_owned();
    }
    let shown = status.addresses.iter().take(3).map(|a| match &a.value {
        Field::Known(value) => cut(value),
        Field::Invalid(value) => cut(value),
        Field::Redacted | Field::Absent => "(masked)".to_owned(),
    });
    format!("published: {}", shown.collect::<Vec<_>>().join(", "))
}

/// Is it already said which of its listeners is not valid: by what was found on one, or by the status of one?
fn listeners_explained(gateways: &Gateways<'_>, state: &GatewayState<'_>, segments: &[ListenerSegments]) -> bool {
    let reported = |id: &usize| {
        let listener = gateways.listeners.get(*id);
        let status = listener.and_then(|l| l.owner.listener_status(&l.spec.name));
        status.is_some_and(|s| !s.conditions.is_empty())
    };
    state.listeners.iter().any(|id| segments.get(*id).is_some_and(ListenerSegments::is_at_fault) || reported(id))
}
