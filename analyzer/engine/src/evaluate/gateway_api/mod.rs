//! The evaluation of Gateways and of what stands on them. Routes need it too, so it is done once.

mod gateway;
mod listener;
pub(crate) mod route;
mod subject;
mod tls;

use std::sync::Arc;

use rayon::prelude::*;

use crate::evaluate::Cluster;
use crate::evaluate::gateway_api::route as routes;
use crate::evaluate::service::{Backends, Consumer};
use crate::resolve::gateway::Fronts;
use crate::resolve::proxy_pods;
use crate::resolve::route::attach::{self, Attached};
use crate::resolve::route::policy::Policies;
use kubereach_model::evidence::{Segment, Subject};
use kubereach_model::snapshot::Lookup;

pub(crate) use tls::names_cover;

/// What was found on the Gateway's own part of the way.
#[derive(Debug)]
pub(crate) struct FrontEval {
    pub(crate) address: Arc<Segment>,
    pub(crate) controller: Arc<Segment>,
    pub(crate) consumer: Consumer,
    /// The controller serves `HTTPRoutes` and `GRPCRoutes` with one host name side by side.
    pub(crate) shares_hostnames: bool,
    /// A controller has accepted or refused the Gateway, so it is at work.
    pub(crate) reconciled: bool,
}

/// What was found on a listener's part of the way.
#[derive(Debug)]
pub(crate) struct DoorEval {
    pub(crate) listener: Arc<Segment>,
    pub(crate) tls: Option<Arc<Segment>>,
}

/// Everything that is evaluated once for Gateways and routes together.
pub(crate) struct Evaluation<'w, 's> {
    pub(crate) cluster: &'w Cluster<'s>,
    pub(crate) backends: &'w Backends<'w, 's>,
    pub(crate) fronts: Fronts<'s>,
    pub(crate) front_evals: Vec<FrontEval>,
    /// Who dials the backends, per front.
    pub(crate) proxy_pods: Vec<Option<Arc<proxy_pods::Proxy<'s>>>>,
    pub(crate) door_evals: Vec<DoorEval>,
    pub(crate) routes: Vec<Attached<'s>>,
    pub(crate) policies: Policies<'s>,
    pub(crate) twins: routes::Twins,
}

impl<'w, 's> Evaluation<'w, 's> {
    fn new(backends: &'w Backends<'w, 's>) -> Self {
        let cluster = backends.cluster;
        let fronts = Fronts::new(cluster);
        let door_evals: Vec<DoorEval> =
            fronts.doors.par_iter().map(|door| listener::evaluate(cluster, &fronts, door)).collect();
        let front_evals: Vec<FrontEval> =
            fronts.fronts.par_iter().map(|front| gateway::evaluate(&fronts, front, &door_evals)).collect();
        let proxy_pods = fronts
            .fronts
            .iter()
            .map(|front| {
                let class = match &front.class {
                    Lookup::Found(class) => class.get().spec.controller_name.as_deref().unwrap_or_default(),
                    Lookup::Absent(_) | Lookup::Unknown(_) => "",
                };
                proxy_pods::of_gateway(cluster, front.gateway, class).map(Arc::new)
            })
            .collect();
        let routes = attach::all(cluster, &fronts);
        let twins = routes::Twins::new(&routes);
        Self {
            policies: Policies::new(cluster),
            cluster,
            backends,
            fronts,
            front_evals,
            proxy_pods,
            door_evals,
            routes,
            twins,
        }
    }
}

/// Every Gateway and every route.
pub(crate) fn subjects(backends: &Backends<'_, '_>) -> Vec<Subject> {
    let evaluation = Evaluation::new(backends);
    let outcomes: Vec<routes::Outcome> =
        (0..evaluation.routes.len()).into_par_iter().filter_map(|id| routes::evaluate(&evaluation, id)).collect();
    let gateways = subject::all(&evaluation, &outcomes);
    gateways.into_iter().chain(outcomes.into_iter().map(|o| o.subject)).collect()
}

/// The checks of Gateways, their listeners and the routes at them.
#[derive(Debug)]
pub struct CheckTable {}
