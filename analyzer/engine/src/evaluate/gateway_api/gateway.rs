//! A Gateway's own segments: class, controller and addresses.

use std::sync::Arc;

use kubereach_reports::report::{ObjectRef, PathState, SegmentName};

use super::context::{GatewayContext, GatewayStatusContext};
use super::listener::ListenerSegments;
use super::table::{CheckTable, ask};
use crate::evaluate::Cluster;
use crate::evaluate::service::Consumer;
use crate::resolve::conditions::ConditionState;
use crate::resolve::controllers;
use crate::resolve::gateway::{GatewayState, Gateways};
use kubereach_model::evidence::Segment;
use kubereach_model::evidence::command::cut;
use kubereach_model::snapshot::Lookup;
use kubereach_model::snapshot::model::Gateway;
use kubereach_model::snapshot::model::lenient::Field;

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
    ) -> Self {
        let cx = GatewayContext::new(cluster, state);
        let mut controller = Segment::new(SegmentName::Controller, Some(class_ref(&state.gateway)));
        if let Some(evidence) = class_evidence(&cx) {
            controller.evaluated(evidence);
        }
        ask(checks.controller, &cx, &mut controller);
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
