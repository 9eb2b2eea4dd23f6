//! Everything that is worked out once for Gateways and routes together.

use std::sync::Arc;

use rayon::prelude::*;

use super::gateway::GatewaySegments;
use super::listener::ListenerSegments;
use super::table::CheckTable;
use crate::evaluate::Cluster;
use crate::evaluate::service::Backends;
use crate::resolve::gateway::Gateways;
use crate::resolve::proxy_pods;
use crate::resolve::route::attach::{self, Attached};
use crate::resolve::route::delegation::Delegations;
use crate::resolve::route::policy::Policies;
use crate::resolve::route::refused::RefusedPolicies;
use crate::resolve::route::rules::Rules;
use kubereach_model::evidence::Segment;

/// Gateways, listeners and attached routes, with the segments that many paths share.
pub(crate) struct Evaluation<'w, 's> {
    pub(crate) cluster: &'w Cluster<'s>,
    pub(crate) checks: &'static CheckTable,
    pub(crate) backends: &'w Backends<'w, 's>,
    pub(crate) gateways: Gateways<'s>,
    /// In the order of [`Gateways::all`].
    pub(crate) gateway_segments: Vec<GatewaySegments>,
    /// The pods that dial the backends, in the same order.
    pub(crate) proxy_pods: Vec<Option<Arc<proxy_pods::Proxy<'s>>>>,
    /// In the order of [`Gateways::listeners`].
    pub(crate) listener_segments: Vec<ListenerSegments>,
    pub(crate) routes: Vec<Attached<'s>>,
    pub(crate) policies: Policies<'s>,
    /// Routes that are handed requests by others.
    pub(crate) delegations: Delegations<'s>,
    /// Attached policies that their controller refused.
    pub(crate) refused: RefusedPolicies<'s>,
    pub(crate) rules: Rules<'s>,
}

impl<'w, 's> Evaluation<'w, 's> {
    pub(super) fn new(backends: &'w Backends<'w, 's>) -> Self {
        let cluster = backends.cluster;
        let checks = &backends.checks.gateway_api;
        let gateways = Gateways::new(cluster);
        let refused = RefusedPolicies::of(cluster);
        let listener_segments: Vec<ListenerSegments> = gateways
            .listeners
            .par_iter()
            .map(|listener| ListenerSegments::new(checks, cluster, &gateways, &refused, listener))
            .collect();
        let proxy_pods: Vec<Option<Arc<proxy_pods::Proxy<'s>>>> = gateways
            .all
            .iter()
            .map(|state| proxy_pods::of_gateway(cluster, state.gateway, state.controller()).map(Arc::new))
            .collect();
        let gateway_segments: Vec<GatewaySegments> = gateways
            .all
            .par_iter()
            .zip(&proxy_pods)
            .map(|(gateway, proxy)| {
                let proxy = proxy.as_deref();
                GatewaySegments::new(checks, cluster, &gateways, gateway, &listener_segments, proxy)
            })
            .collect();
        let routes = attach::all(cluster, &gateways);
        let rules = Rules::new(&gateways, &routes);
        Self {
            policies: Policies::new(cluster),
            refused,
            delegations: Delegations::of(cluster),
            cluster,
            checks,
            backends,
            gateways,
            gateway_segments,
            proxy_pods,
            listener_segments,
            routes,
            rules,
        }
    }

    /// The segments that every path through a Gateway begins with; none where the Gateway is not known.
    pub(super) fn of_gateway(&self, id: Option<usize>) -> Vec<Arc<Segment>> {
        let own = id.and_then(|id| self.gateway_segments.get(id));
        own.map(|own| vec![Arc::clone(&own.address), Arc::clone(&own.controller)]).unwrap_or_default()
    }
}
