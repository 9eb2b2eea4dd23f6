//! A listener's own segments: may it stand on its Gateway, does it conflict, what may attach, what does its status say?

use std::sync::Arc;

use kubereach_reports::report::{PathState, SegmentName};

use super::context::{ListenerContext, PolicyContext};
use super::table::{CheckTable, ask};
use super::tls;
use crate::evaluate::Cluster;
use crate::resolve::gateway::listener::ListenerState;
use crate::resolve::gateway::{GROUP, Gateways};
use crate::resolve::route::refused::RefusedPolicies;
use kubereach_model::evidence::Segment;

/// The segments that every path through a listener has.
#[derive(Debug)]
pub(crate) struct ListenerSegments {
    pub(crate) listener: Arc<Segment>,
    /// Where encryption plays a part.
    pub(crate) tls: Option<Arc<Segment>>,
}

impl ListenerSegments {
    pub(super) fn new(
        checks: &CheckTable,
        cluster: &Cluster<'_>,
        gateways: &Gateways<'_>,
        refused: &RefusedPolicies<'_>,
        state: &ListenerState<'_>,
    ) -> Self {
        let cx = ListenerContext::new(cluster, gateways, state);
        let mut listener = Segment::new(SegmentName::Listener, Some(state.owner.object()));
        listener.evaluated(format!("{}: {}", state.describe(), state.serves()));
        ask(checks.listener_set, &cx, &mut listener);
        ask(checks.listener, &cx, &mut listener);
        let tls = tls::of_listener(checks, &cx);
        // The conditions add something only where the configuration shows no fault.
        let tls_passes = tls.as_ref().is_none_or(|s| matches!(s.state(), PathState::Open | PathState::Narrowed));
        if listener.state() == PathState::Open && tls_passes {
            ask(checks.listener_status, &cx, &mut listener);
        }
        let owner = state.owner.object();
        let own = (state.owner.namespace(), owner.name.as_str());
        for refused in refused.targeting((GROUP, state.owner.kind()), own, state.owner.labels()) {
            if refused.section.is_empty() || refused.section == state.spec.name {
                ask(checks.listener_policy, &PolicyContext { refused, target: owner.clone() }, &mut listener);
            }
        }
        Self { listener: Arc::new(listener), tls: tls.map(Arc::new) }
    }

    /// Was something found that keeps it from being served, or may do so?
    pub(super) fn is_at_fault(&self) -> bool {
        let at_fault = |s: &Segment| matches!(s.state(), PathState::Blocked | PathState::Unknown);
        at_fault(&self.listener) || self.tls.as_deref().is_some_and(at_fault)
    }
}
